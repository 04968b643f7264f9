INSERT INTO t VALUES ('x', 'y', '{z}', 1), ('x', NULL, NULL, NULL);
