insert into h values (1, 2);
insert into own values (3, 4, 5);
insert into said values (6, 7, 8);
insert into w values (9, 10);
