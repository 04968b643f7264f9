INSERT INTO docs SELECT n, 'title ' || n FROM generate_series(1, 50) n;
