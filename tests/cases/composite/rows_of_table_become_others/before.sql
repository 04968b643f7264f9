CREATE TABLE c (a text, b int, z text);
ALTER TABLE c DROP a; ALTER TABLE c ADD a text;
CREATE TABLE t (id int, c c);
CREATE TABLE t2 (id int, c c);
