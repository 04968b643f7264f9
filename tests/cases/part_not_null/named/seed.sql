INSERT INTO p1 VALUES (1, 'a', 'b', 'c', 'd');
INSERT INTO q1 VALUES (1, 'v');
