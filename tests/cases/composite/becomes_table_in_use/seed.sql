INSERT INTO t VALUES
    (1, ROW(1, 'x, "q"'), ARRAY[ROW(2, NULL)::c, NULL], ROW(ROW(1, 'a'), 5), ROW(1, 'z')::c,
     r(ROW(1, 'x')::c, ROW(3, 'z')::c), '{}'),
    (2, NULL, NULL, NULL, NULL, NULL, NULL),
    (3, ROW(NULL, NULL), '{}', ROW(NULL, NULL), ROW(NULL, NULL)::c, 'empty', NULL);
INSERT INTO whole VALUES (1, ROW(1, 'x')), (1, NULL);
INSERT INTO top VALUES (ARRAY[ROW(1, 'x')::c], r(NULL, ROW(3, 'z')::c));
INSERT INTO heir VALUES (ARRAY[NULL, ROW(1, 'x')::c], NULL, 7);
INSERT INTO typed VALUES (1, 'x');
