INSERT INTO below (b) VALUES ('g'); INSERT INTO heir (d) VALUES (1); INSERT INTO whole VALUES (1, 'g');
