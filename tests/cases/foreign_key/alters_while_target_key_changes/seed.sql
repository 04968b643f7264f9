insert into target values (1);
insert into refers values (1);
