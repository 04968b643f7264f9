INSERT INTO rooms SELECT n, int4range(n, n + 1) FROM generate_series(1, 500) n;
