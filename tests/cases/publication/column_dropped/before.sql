CREATE TABLE t (id int PRIMARY KEY, a int, b text);
CREATE TABLE u (id int PRIMARY KEY, a int, b text);
CREATE PUBLICATION p FOR TABLE t WHERE (a > 5), u (id, a);
