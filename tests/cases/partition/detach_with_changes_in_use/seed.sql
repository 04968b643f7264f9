INSERT INTO event SELECT n, date '2023-01-01' + n, 'note ' || n FROM generate_series(0, 700) n;
