insert into typed values (1, 'x'); insert into t values (row(2, 'y')), (null);
