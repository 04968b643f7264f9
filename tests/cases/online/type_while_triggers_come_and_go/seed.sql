INSERT INTO notes SELECT n, 'note ' || n FROM generate_series(1, 300) n;
INSERT INTO marks SELECT n, 'mark ' || n FROM generate_series(1, 300) n;
