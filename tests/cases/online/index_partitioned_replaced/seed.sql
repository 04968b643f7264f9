INSERT INTO p SELECT 2, n, n FROM generate_series(1, 200) n;
INSERT INTO p VALUES (1, 1, 'x');
