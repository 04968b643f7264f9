INSERT INTO r SELECT n, n FROM generate_series(1, 299) n;
INSERT INTO p SELECT n, n, n FROM generate_series(1, 299) n;
INSERT INTO q SELECT n, n FROM generate_series(1, 299) n;
INSERT INTO tree SELECT n, n / 2 FROM generate_series(0, 200) n;
