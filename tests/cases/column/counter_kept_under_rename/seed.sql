INSERT INTO t (a) VALUES (1), (2), (3);
DELETE FROM t WHERE a > 1;
SELECT setval('t_other_seq', 70, false);
SELECT setval('t_third_seq', 900);
