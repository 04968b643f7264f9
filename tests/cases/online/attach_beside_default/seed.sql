INSERT INTO rest SELECT 'x' || n, n FROM generate_series(1, 50) n;
INSERT INTO rest VALUES (NULL, 1);
INSERT INTO t SELECT 'A', n FROM generate_series(1, 50) n;
