INSERT INTO t VALUES (1, '{1,2}', ROW('a', 3), 4), (2, NULL, NULL, NULL);
INSERT INTO s VALUES (1, '{5}', 'b');
INSERT INTO h VALUES ('{1}', NULL), (NULL, ROW('c', 6));
INSERT INTO hh VALUES ('{{2},{3}}', ROW('d', NULL), 4);
INSERT INTO p VALUES (1, '{7}');
