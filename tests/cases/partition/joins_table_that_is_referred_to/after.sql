CREATE TABLE every_build (
  id int, k int, first int, UNIQUE (id, k), FOREIGN KEY (first, k) REFERENCES every_build (id, k)
) PARTITION BY LIST (k);
CREATE TABLE builds PARTITION OF every_build FOR VALUES IN (100);
CREATE TABLE notes (build int, k int, FOREIGN KEY (build, k) REFERENCES every_build (id, k));
