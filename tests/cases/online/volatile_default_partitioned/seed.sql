INSERT INTO t SELECT n FROM generate_series(1, 150) n;
