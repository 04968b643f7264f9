INSERT INTO sales SELECT n, date '2024-01-01' + n % 50, n FROM generate_series(1, 400) n;
REFRESH MATERIALIZED VIEW daily;
