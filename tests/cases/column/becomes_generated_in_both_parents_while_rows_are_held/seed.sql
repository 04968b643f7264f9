insert into p values (1, 2);
insert into c values (2, 3, 4);
insert into h values (1, '(1,2,3)');
