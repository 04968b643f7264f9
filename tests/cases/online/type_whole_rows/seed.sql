INSERT INTO people SELECT n, n % 100, 'n' || n, CASE WHEN n % 3 = 0 THEN 'x' END FROM generate_series(1, 400) n;
