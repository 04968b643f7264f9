INSERT INTO moving VALUES ('b', 1), ('b', 2);
INSERT INTO r VALUES ('b', 1);
INSERT INTO s VALUES (2, 'b');
