INSERT INTO events (at, kind, amount) SELECT date '2024-01-01' + n * 3, n % 5, n FROM generate_series(1, 300) n;
