INSERT INTO t VALUES
    (1, ARRAY[ROW(1, 7)::pt::dpt, NULL], rg(ROW(1, 5), ROW(2, 7), '(]'),
        ARRAY[rg(ROW(1, 5), NULL), NULL, 'empty'], rgs(rg(NULL, ROW(1, 5)), rg(ROW(2, 6), ROW(3, 7))),
        ARRAY[rgs(rg(ROW(1, 5), ROW(2, 7))), '{}'], ARRAY[rg(ROW(1, 5), ROW(2, 7))::drg]),
    (2, '{}', NULL, '{}', '{}', '{}', '{}'),
    (3, NULL, 'empty', NULL, NULL, NULL, NULL);
