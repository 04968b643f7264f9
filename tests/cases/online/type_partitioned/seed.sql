INSERT INTO events SELECT n, date '2024-01-01' + n * 3, n, n + 0.25 FROM generate_series(1, 300) n;
