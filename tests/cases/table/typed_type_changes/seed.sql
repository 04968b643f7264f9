INSERT INTO a VALUES (1, 'a', 7, 'o');
INSERT INTO b VALUES (1, 'a', 7, 'o');
