INSERT INTO t VALUES (1, ROW('a', 1)), (2, ROW('b', 2));
