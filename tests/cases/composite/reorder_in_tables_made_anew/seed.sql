INSERT INTO typed VALUES (1, 'x'), (2, NULL);
INSERT INTO holds VALUES (1, ROW(1, 'y'), ROW(2, 'z')), (NULL, NULL, ROW(NULL, NULL));
INSERT INTO parted VALUES
    (ROW(1, 'a'), '[2:3][0:1]={{"(1,\"q \"\"\\\\\")",NULL},{"(,)","(2,r)"}}', '{"(3,)"}',
        r(ROW(1, 's,')::c, NULL, '(]'), r_multirange(r(ROW(1, 'a')::c, ROW(2, 'b')::c))),
    (ROW(2, 'b'), '{}', NULL, 'empty', '{}');
