INSERT INTO t SELECT n, n + 1, CASE WHEN n % 3 = 0 THEN NULL ELSE n END, 'c' || n % 100,
    CASE WHEN n % 2 = 0 THEN 'note' END FROM generate_series(1, 2000) n;
