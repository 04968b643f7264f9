INSERT INTO p SELECT n, n, 'v' FROM generate_series(1, 1500) n;
INSERT INTO q SELECT 1, n FROM generate_series(1, 500) n;
