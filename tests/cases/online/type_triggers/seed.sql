INSERT INTO notes SELECT n, 'note ' || n, n % 3 FROM generate_series(1, 500) n;
