INSERT INTO t SELECT g, g, ARRAY[g], g FROM generate_series(0, 14) g;
INSERT INTO refers SELECT g, g FROM generate_series(0, 14) g;
