INSERT INTO t (id, n) SELECT n, n FROM generate_series(1, 50) n;
