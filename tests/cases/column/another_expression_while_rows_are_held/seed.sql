INSERT INTO t (id, a, p) VALUES (1, 2, 3), (2, 4, 5);
INSERT INTO heir (id, a, p, x) VALUES (3, 6, 7, 8);
INSERT INTO u VALUES (ROW(1, 2, 3, 4)::t, ARRAY[ROW(3, 6, 7, 12, 8)::heir, NULL]), (NULL, '{}');
