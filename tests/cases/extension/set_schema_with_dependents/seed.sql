insert into t values ('A');
