INSERT INTO t VALUES (1, '{1,2}', ROW('a', 3), 4), (2, NULL, NULL, NULL);
INSERT INTO s VALUES (1, '{5}', 'b');
