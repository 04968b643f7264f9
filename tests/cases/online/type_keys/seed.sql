INSERT INTO customers (name) SELECT 'name ' || n FROM generate_series(1, 500) n;
INSERT INTO orders (customer, previous, number)
    SELECT 3 + 2 * (n % 500), CASE WHEN n > 1 THEN n - 1 END, n FROM generate_series(1, 1500) n;
INSERT INTO visits SELECT 3 + 2 * (n % 500), date '2026-01-01' + n FROM generate_series(1, 1000) n;
