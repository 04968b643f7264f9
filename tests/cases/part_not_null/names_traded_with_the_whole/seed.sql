insert into t values (1, 1);
insert into h values (1, 1, 1);
insert into w values (1, 1, 1);
