INSERT INTO "A far" (a, b) VALUES (1, 2);
