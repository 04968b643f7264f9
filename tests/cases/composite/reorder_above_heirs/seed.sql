insert into t values (1, 'x'), (2, 'y');
insert into h (a, b, z) values (3, 'h', 4);
insert into hh (a, b, z, n) values (5, 'hh', 6, 7);
