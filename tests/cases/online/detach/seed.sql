INSERT INTO p SELECT n, '2024-02-03' FROM generate_series(1, 250) n;
