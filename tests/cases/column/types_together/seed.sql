INSERT INTO sums (amount, said, name, twice) SELECT n, n, 'n' || n, n * 2 FROM generate_series(1, 300) n;
