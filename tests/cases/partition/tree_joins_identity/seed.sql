INSERT INTO p (k, n) VALUES (1, 1), (1, 2), (1, 3);
INSERT INTO q VALUES (1, 2, 1), (2, 2, 2), (3, 2, 3);
