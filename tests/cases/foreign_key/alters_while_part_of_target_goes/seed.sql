insert into target values (1, 1);
insert into refers values (1, 1);
