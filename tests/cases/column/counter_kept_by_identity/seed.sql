INSERT INTO t (a, fresh, reserved) VALUES (1, 7, 8), (2, 7, 8), (3, 7, 8);
DELETE FROM t WHERE a > 1;
SELECT setval('t_reserved_seq', 500, false);
SELECT setval('t_id_seq', 4000000000);
SELECT setval('numbers', 2000);
INSERT INTO "Odd ""one" DEFAULT VALUES;
DELETE FROM "Odd ""one";
