INSERT INTO log VALUES (1, 'a'), (2, 'z');
INSERT INTO deep VALUES (11, 'a'), (12, 'z');
