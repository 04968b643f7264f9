INSERT INTO t VALUES ('b', '{b}');
