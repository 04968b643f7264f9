INSERT INTO x VALUES (1, '2024-02-02'), (2, '2024-02-02');
INSERT INTO v SELECT n, '2023-02-02' FROM generate_series(1, 300) n;
INSERT INTO v2 SELECT n, '2024-02-02' FROM generate_series(1, 300) n;
