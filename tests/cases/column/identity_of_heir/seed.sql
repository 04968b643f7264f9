INSERT INTO gets (a, id) VALUES (1, 3), (1, 4); INSERT INTO loses (a) VALUES (1); INSERT INTO follows (a) VALUES (1), (2); INSERT INTO is_not_null VALUES (1, 7);
