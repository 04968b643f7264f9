INSERT INTO p SELECT i, i FROM generate_series(1, 8) i; INSERT INTO p VALUES (11, 1), (15, 2), (33, 3);
