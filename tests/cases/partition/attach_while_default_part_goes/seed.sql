insert into qd values (1, 1);
insert into x values (1, 1);
insert into y values (1, 1);
