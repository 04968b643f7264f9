INSERT INTO "Sl ot" VALUES (1, 'X', 1, 1), (2, 'Y', 1, 2), (3, 'Z', 1, 3), (4, 'X', 2, 4), (5, 'X', 1, 0);
