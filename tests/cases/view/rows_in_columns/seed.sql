INSERT INTO b SELECT i, i, i FROM generate_series(1, 9) AS i;
INSERT INTO t VALUES
    (1, ROW(1, '2', 3), ARRAY[ROW(4, '5', 6)::v, NULL], ARRAY[ROW(7, 'x', 8)::d],
        ROW(1, ARRAY[ROW(2, 'y', 3)::v], ROW(4, '5'))),
    (2, NULL, '{}', NULL, NULL);
INSERT INTO s VALUES (1, ROW(1, '2', 3), ARRAY[ROW(4, '5', 6)::b, NULL]), (2, NULL, NULL);
INSERT INTO f VALUES (1); INSERT INTO h VALUES (ARRAY[ROW(2)::f]);
