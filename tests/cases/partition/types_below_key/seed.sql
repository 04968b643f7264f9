insert into jobs (state, seen) values ('open', '{late}'), ('late', null);
insert into log values (1, 'open');
insert into ranked values ('late', 1);
insert into named values ('b');
