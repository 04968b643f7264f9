INSERT INTO p VALUES (1, 'a', 'b', 'c', 'd');
INSERT INTO q1 VALUES (1, 'a', 2);
