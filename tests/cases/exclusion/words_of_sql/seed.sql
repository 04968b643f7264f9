INSERT INTO t VALUES ('[1,2)', '(1,1),(0,0)', 1);
