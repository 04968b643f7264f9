insert into t values ('y', 2);
