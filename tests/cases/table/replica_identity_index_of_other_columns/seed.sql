insert into t values (1, 1);
insert into q values (1, 1);
insert into r values (1, 1);
insert into s values (1, 1);
insert into v values (1, 1);
insert into w values (1, 1);
