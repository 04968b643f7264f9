INSERT INTO t (id, c) VALUES (-1, 1), (-7, 2);
