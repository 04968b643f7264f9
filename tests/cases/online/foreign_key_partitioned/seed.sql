INSERT INTO r SELECT n, n FROM generate_series(1, 299) n;
INSERT INTO p SELECT n, n, n FROM generate_series(1, 299) n;
