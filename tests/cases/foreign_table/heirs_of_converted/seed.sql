INSERT INTO h VALUES (1, '1', 'a', ROW(1, 'x')::r, ARRAY['y']);
INSERT INTO q VALUES (1, '2');
