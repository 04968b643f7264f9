INSERT INTO t SELECT i, 'x' FROM generate_series(1, 20) AS i;
INSERT INTO own.u VALUES (1, 'y');
INSERT INTO of_d VALUES (1, 'z');
INSERT INTO ref VALUES ('a', 'former');
