INSERT INTO p SELECT n, 'a', 'b', 'c', 'd', 'e' FROM generate_series(1, 19) n;
INSERT INTO p SELECT n, 'a', 'b', 'c', 'd', 'e' FROM generate_series(100, 120) n;
INSERT INTO q1 VALUES (1, 'v', 3);
