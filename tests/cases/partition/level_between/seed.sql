INSERT INTO p VALUES (1, 1), (2, 2), (11, 3);
