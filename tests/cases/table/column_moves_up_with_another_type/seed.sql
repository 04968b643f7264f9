insert into a values (1);
insert into b values (2, 2, 'two');
insert into c values (3, 3, 'three', 3);
