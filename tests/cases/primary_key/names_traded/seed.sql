insert into a values (1, 2);
insert into b values (3, 4);
insert into c values (5, 6);
