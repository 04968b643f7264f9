INSERT INTO steps VALUES ('a', 1, 'A'), ('b', 2, 'B'), ('c', 3, 'C'), ('d', 4, 'D'), ('e', 5, 'E');
INSERT INTO tasks VALUES (1, 'a'), (2, 'd');
