INSERT INTO t (n) VALUES ('a');
INSERT INTO heir (n, x) VALUES ('b', 1);
INSERT INTO g (b) VALUES ('a');
