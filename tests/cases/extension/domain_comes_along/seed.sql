INSERT INTO places SELECT generate_series(1, 500);
INSERT INTO towns SELECT generate_series(1, 500);
