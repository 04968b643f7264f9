insert into t values (1, row(1, 'one', '2020-01-01'), row(row(2, 'two', null), 3)), (2, null, row(null, 4)), (3, row(null, null, null), null);
