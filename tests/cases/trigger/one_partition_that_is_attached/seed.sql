insert into q values (1, 1);
insert into r values (1, 10);
