INSERT INTO t SELECT n, 'a' || n, 'b' || n, n, n, 'e' || n, 'f' || n FROM generate_series(1, 50) n;
