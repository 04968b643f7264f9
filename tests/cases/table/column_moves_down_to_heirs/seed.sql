insert into a values (1, 'one', 1, 1);
insert into b values (2, 'two', 2, 2, 2);
insert into c values (3, 'three', 3, 3);
insert into d values (4, 'four', 4, 4, 4, 4);
