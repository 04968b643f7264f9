INSERT INTO ev VALUES (1, 'a', 'b'), (6, 'c', 'd');
