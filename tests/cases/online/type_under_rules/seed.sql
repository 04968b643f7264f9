INSERT INTO t SELECT i, i FROM generate_series(1, 9) i;
INSERT INTO parted VALUES (1, 1), (1, 2);
INSERT INTO above VALUES (1, 2); INSERT INTO heir VALUES (3, 4);
