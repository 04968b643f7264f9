insert into says values (1);
insert into leaves values (2);
insert into has_own values (3, 4);
