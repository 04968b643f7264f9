INSERT INTO ev VALUES (1, 'a'), (6, 'c');
