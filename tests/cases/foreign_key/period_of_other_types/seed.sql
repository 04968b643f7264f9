insert into r values (1, '[2020-01-01,2021-01-01)');
insert into t values (1, '[2020-02-01,2020-03-01)');
insert into wide values (1, '[2020-01-01,2021-01-01)');
insert into u values (1, '[2020-02-01,2020-03-01)');
