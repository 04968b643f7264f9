insert into joins values (null, 1);
insert into leaves values (null, 2);
