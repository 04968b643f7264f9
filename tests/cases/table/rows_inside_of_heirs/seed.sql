INSERT INTO top VALUES (1, ROW(1, 'x', 5)::plain, ARRAY[ROW(2, 'q', 3)::plain], ROW('s', 4)::seen);
INSERT INTO mid VALUES (2, ROW(1, 'y', 6)::plain, NULL, NULL, 4);
INSERT INTO below VALUES (3, ROW(1, 'z', 7)::plain, '{}', ROW(NULL, NULL)::seen, 4, 5,
    ARRAY[ROW('2020-01-01', 8)::m, NULL], ROW('2020-01-02', 9)::m1);
INSERT INTO rows_of SELECT r, ARRAY[b] FROM below AS b, mid AS r WHERE r.id = 2;
