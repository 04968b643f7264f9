INSERT INTO p VALUES (1, 'a', 'b'), (6, 'c', 'd');
