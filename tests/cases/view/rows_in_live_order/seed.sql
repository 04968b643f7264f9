INSERT INTO t VALUES (1, 'one');
INSERT INTO u VALUES ('b', 'a');
INSERT INTO w VALUES (1, 'g', 'v');
