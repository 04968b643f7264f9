CREATE TABLE builds (id int, k int, first int, UNIQUE (id, k));
CREATE TABLE notes (build int, k int, FOREIGN KEY (build, k) REFERENCES builds (id, k));
