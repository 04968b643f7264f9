INSERT INTO t VALUES ('a', 'b', 'a'), ('b', NULL, 'b');
INSERT INTO refers VALUES ('b');
INSERT INTO u VALUES ('x');
INSERT INTO v VALUES ('a', 'a', 1);
INSERT INTO w VALUES ('x', 7);
