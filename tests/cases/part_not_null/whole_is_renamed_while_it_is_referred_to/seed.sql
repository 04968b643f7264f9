insert into t values (1, 1, null), (1, 2, 1), (2, 3, null), (5, 6, null);
insert into u values (1, 1), (2, 3), (null, null);
insert into w values (1, 2), (5, 6);
insert into y values (1, 2);
