INSERT INTO t VALUES (1, 2), (2, 1);
INSERT INTO p VALUES (1, 1, 'a'), (2, 2, 'b');
