INSERT INTO p SELECT n, n, 'name ' || n FROM generate_series(1, 299) n;
