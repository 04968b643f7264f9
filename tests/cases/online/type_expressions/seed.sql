INSERT INTO t (id, n, name, kind) SELECT n, nullif(n, 60), 'name ' || n, CASE WHEN n % 2 = 0 THEN 'x' ELSE n::text END
FROM generate_series(1, 100) n;
