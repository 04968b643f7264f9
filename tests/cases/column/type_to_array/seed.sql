INSERT INTO t VALUES (1, 'a,b', '{a,b}', 3), (2, NULL, NULL, NULL);
