INSERT INTO t VALUES (1, 'a', 1.5, 2.5, '{x}'), (2, NULL, NULL, NULL, NULL);
