INSERT INTO t VALUES
    (1, ARRAY[ROW(1, 'x')::c, NULL, ROW(NULL, NULL)::c], ROW(5, ARRAY[ROW(2, 'y')::c]),
        ARRAY[ROW(7, ARRAY[ROW(3, 'z, q')::c])::o]),
    (2, '{}', NULL, NULL),
    (3, '[0:1][2:2]={{"(1,a)"},{"(2,b)"}}', ROW(NULL, NULL), '{}');
INSERT INTO u SELECT id, x FROM t;
INSERT INTO u VALUES (4, NULL);
