INSERT INTO a VALUES (1, 'one');
INSERT INTO c VALUES (2);
INSERT INTO e VALUES (3);
SELECT nextval('d'), nextval('d');
