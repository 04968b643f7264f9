INSERT INTO p SELECT n, n FROM generate_series(0, 99) n;
INSERT INTO rest SELECT n, n + 400 FROM generate_series(0, 99) n;
INSERT INTO rest VALUES (1, NULL), (2, 160);
INSERT INTO l VALUES ('a'), (NULL), ('c');
INSERT INTO l_rest VALUES ('d'), ('e');
