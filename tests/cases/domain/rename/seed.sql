insert into t values ('x');
