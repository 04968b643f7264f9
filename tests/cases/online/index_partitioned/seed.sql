INSERT INTO p SELECT n, 'name ' || n, n FROM generate_series(1, 199) n;
