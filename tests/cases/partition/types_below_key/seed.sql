insert into jobs (state, seen) values ('open', '{late,done}'), ('late', null);
insert into log values (1, 'open');
insert into ranked values ('late', 1);
insert into named values ('b', row('late', 2.5, 'a, "(b'));
insert into placed values (row('done', 3, 'b'));
