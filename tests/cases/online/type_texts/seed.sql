INSERT INTO t SELECT n, 'name ' || n, CASE WHEN n % 2 = 0 THEN 'x' ELSE 'y' END FROM generate_series(1, 100) n;
