insert into r values (1, 10);
insert into t values (1, 1, 1);
