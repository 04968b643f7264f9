INSERT INTO t SELECT 'A' || i FROM generate_series(1, 20) AS i;
