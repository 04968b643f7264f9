INSERT INTO p (k, n, m) VALUES (1, 4, 'good'), (2, 5, 'bad'), (3, 6, 'bad'); INSERT INTO r SELECT id, k, n FROM p;
