INSERT INTO r1 VALUES (1, ROW(1, 'x')::r5, ARRAY[ROW(2, 'y')::r5]);
