INSERT INTO sales SELECT n, n * 7, nullif(n % 5, 0), 'A' || n, 'a,b' FROM generate_series(1, 300) n;
