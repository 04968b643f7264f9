INSERT INTO t VALUES (1, ROW(1, 'x', '2020-01-01'), ROW(2, 'y'), ARRAY[ROW(3, 'z')::e]), (2, NULL, NULL, NULL);
