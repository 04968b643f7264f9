INSERT INTO t VALUES ('[1,2]','{[1,2],[4,4]}','(3,6]');
INSERT INTO t2 VALUES ('{"[1,2]"}', '(3,6]');
INSERT INTO t3 VALUES ('{"[1,2]"}', '(3,6]');
INSERT INTO n VALUES (1,'[1,2]','{[1,2],[4,4]}');
