insert into a values (1);
insert into b values (2);
insert into c values (3);
