insert into b values (1, 'x', 'y');
insert into c values (1, 'x', 'y');
