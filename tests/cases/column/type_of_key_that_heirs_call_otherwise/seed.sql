insert into p values (1, 2);
insert into h values (3, 4, 5);
insert into hh values (6, 7, 8);
insert into refers values (1, 6);
insert into part values (9, 10);
insert into below_part values (11, 12);
