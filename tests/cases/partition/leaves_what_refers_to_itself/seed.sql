insert into node values (1, 1, null, null), (2, 2, 1, 1), (3, 1, 2, 2);
insert into leaf values (1, 1);
