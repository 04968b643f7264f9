INSERT INTO t VALUES (1, 'one');
INSERT INTO u VALUES ('b', 'a');
