INSERT INTO t SELECT generate_series(1, 300);
INSERT INTO u SELECT generate_series(1, 300);
INSERT INTO elsewhere SELECT generate_series(1, 300);
INSERT INTO always SELECT generate_series(1, 300);
