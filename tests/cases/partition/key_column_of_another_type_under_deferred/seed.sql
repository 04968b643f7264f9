INSERT INTO items VALUES (1);
INSERT INTO orders VALUES (1, 2, 1, 'x'), (2, 3, NULL, 'y');
