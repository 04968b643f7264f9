insert into b values (1, 1, 'x', 1);
insert into c values (1, 'y', 2);
