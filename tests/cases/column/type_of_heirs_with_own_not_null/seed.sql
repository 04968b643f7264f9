INSERT INTO a VALUES (1, 'a', 'b');
INSERT INTO c (id, m) VALUES (2, 'c');
