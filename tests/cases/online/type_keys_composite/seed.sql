INSERT INTO shops (name) SELECT 'shop ' || n FROM generate_series(1, 20) n;
INSERT INTO orders (shop, id, parent) SELECT n % 20 + 1, n, CASE WHEN n > 20 THEN n - 20 END
    FROM generate_series(1, 200) n;
SELECT setval('orders_id_seq', 200);
INSERT INTO lines SELECT shop, id, m FROM orders, generate_series(0, 2) m;
