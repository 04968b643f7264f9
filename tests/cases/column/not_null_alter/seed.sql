insert into t values (1, 2, 3, 4, 5, 6);
insert into child values (1, 2, 3, 4, 5, 6);
