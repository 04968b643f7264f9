INSERT INTO t VALUES ('a', 'b', 'a'), ('b', NULL, 'b');
INSERT INTO refers VALUES ('b');
INSERT INTO u VALUES ('x');
