insert into t values (1, null), (2, row(1, row(2, 3)::y3)::y4);
