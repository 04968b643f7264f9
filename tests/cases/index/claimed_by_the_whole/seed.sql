INSERT INTO p VALUES (1, 1, 'a'), (2, 1, 'b');
INSERT INTO q VALUES (1, 1), (11, 2);
