INSERT INTO below VALUES ('g', 'q', 'w', '{r}', 1);
INSERT INTO whole VALUES ('r', 'b', 1);
