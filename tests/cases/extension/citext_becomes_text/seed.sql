INSERT INTO people SELECT n, 'Name' || n || '@example.org', 'Name' || n FROM generate_series(1, 50) n;
