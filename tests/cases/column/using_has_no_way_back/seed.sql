insert into t values (1, null, '(1,a)'), (2, null, null);
