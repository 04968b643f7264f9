INSERT INTO p SELECT 'x', -n FROM generate_series(1, 50) n;
