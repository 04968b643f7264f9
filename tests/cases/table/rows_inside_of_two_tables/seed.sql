INSERT INTO h VALUES (1, 'b', 2, 'y', 3);
INSERT INTO below VALUES (1, 'b', 2, 'y', 3, 4);
INSERT INTO holds SELECT 1, h, ARRAY[h, NULL], under FROM ONLY h, below AS under;
