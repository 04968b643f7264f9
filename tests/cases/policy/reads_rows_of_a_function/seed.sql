INSERT INTO t VALUES (1, 'w', 'v');
