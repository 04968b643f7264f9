INSERT INTO t SELECT 'A' || i, i FROM generate_series(1, 20) AS i;
