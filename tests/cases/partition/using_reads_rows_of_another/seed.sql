INSERT INTO t VALUES ('(1,a)','a', 1), ('(2,b)','b', 2);
