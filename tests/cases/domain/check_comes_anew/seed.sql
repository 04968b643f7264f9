INSERT INTO t VALUES (1, row(2), '{3}');
