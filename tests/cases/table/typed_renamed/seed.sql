INSERT INTO kinds VALUES ('a');
INSERT INTO spots VALUES (1, 2, 'a'), (2, 3, NULL);
