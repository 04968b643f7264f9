INSERT INTO whole VALUES ('a', 1), ('m', 2);
INSERT INTO plain VALUES (3, 'b', 4);
INSERT INTO refers VALUES ('m');
