INSERT INTO accounts SELECT n, n % 5, CASE WHEN n % 2 = 0 THEN 'abc' ELSE 'x' END FROM generate_series(1, 500) n;
