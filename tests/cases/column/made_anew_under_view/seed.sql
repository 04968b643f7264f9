insert into t (id, a, b) values (1, 1, 1);
insert into u (a) values (1), (9);
