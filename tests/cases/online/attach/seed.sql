INSERT INTO r SELECT n FROM generate_series(1, 100) n;
INSERT INTO s SELECT n FROM generate_series(1, 100) n;
INSERT INTO t SELECT n, '2024-02-03' FROM generate_series(1, 100) n;
