INSERT INTO plain VALUES (1, 'a'), (2, NULL);
INSERT INTO kept VALUES (1, ROW(1, 'y')::one, ARRAY[ROW(2, NULL)::two], ROW(3, 'b')::plain);
INSERT INTO top VALUES (ROW(1, NULL)::one, ARRAY[ROW(3, 'b')::plain, NULL]);
INSERT INTO below VALUES (NULL, '{}', ROW(5, '2020-01-01')::two, 6);
