INSERT INTO same_name SELECT n, n FROM generate_series(1, 300) n;
INSERT INTO two SELECT n, n FROM generate_series(1, 300) n;
INSERT INTO longer SELECT n, n FROM generate_series(1, 300) n;
INSERT INTO wider SELECT n, n FROM generate_series(1, 300) n;
INSERT INTO back SELECT n FROM generate_series(1, 300) n;
