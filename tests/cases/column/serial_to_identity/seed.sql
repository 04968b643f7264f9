INSERT INTO t (a) VALUES (1), (2), (3), (4);
DELETE FROM t WHERE a > 2;
