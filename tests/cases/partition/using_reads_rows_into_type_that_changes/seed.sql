INSERT INTO p VALUES (1, ROW(1, 'a'), ROW(2, 'b')), (2, NULL, NULL);
