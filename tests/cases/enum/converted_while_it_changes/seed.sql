INSERT INTO t VALUES ('a', 'a', ROW(1, 'b')::c, '{b}', 'q');
