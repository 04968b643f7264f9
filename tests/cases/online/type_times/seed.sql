INSERT INTO visits SELECT n, timestamp '2024-03-30' + n * interval '1 hour', timestamptz '2024-10-26 00:00+00' + n * interval '1 hour', date '2024-01-01' + n
FROM generate_series(1, 200) n;
