insert into whole values (1);
insert into part values (1);
