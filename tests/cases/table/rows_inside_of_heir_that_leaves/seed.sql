INSERT INTO top VALUES (1, '10');
INSERT INTO changes VALUES (2, '20', 3);
INSERT INTO stays VALUES (4, '40', 5);
INSERT INTO holder VALUES ('{}', ARRAY[ROW(6, 'six', 7)::stays], 1);
