INSERT INTO t VALUES
    (1, ARRAY[ROW(1, 'x')::c, NULL, ROW(NULL, NULL)::c], ROW(ARRAY[ROW(2, 'y')::c], 5),
        ARRAY[ROW(ARRAY[ROW(3, 'z, q')::c], 7)::o], DEFAULT),
    (2, '{}', NULL, NULL, NULL),
    (3, '[0:1]={"(1,a)","(2,b)"}', ROW(NULL, NULL), '{}', NULL);
