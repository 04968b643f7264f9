INSERT INTO t VALUES (1, 'x'), (15, 'y');
INSERT INTO refers VALUES (1);
INSERT INTO same VALUES (1, 'x');
