INSERT INTO things VALUES (1, (1, 2), (3, 4), ARRAY[(5, 6)::rgb]::light[]), (2, NULL, NULL, NULL);
