INSERT INTO w VALUES (1, 'x');
INSERT INTO k VALUES (1, ROW('q', 5), ARRAY[ROW('7', 6)::w1, NULL]), (2, NULL, '{}');
