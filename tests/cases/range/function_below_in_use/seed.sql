INSERT INTO t VALUES (1, '[1,2)', '{[1,2)}', '{"[1,2)"}');
INSERT INTO p VALUES ('[1,2)');
INSERT INTO h VALUES ('[1,2)',2);
INSERT INTO u VALUES ('[1,2)');
