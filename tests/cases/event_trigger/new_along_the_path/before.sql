CREATE TABLE heard (tag text);
CREATE TABLE t (a integer);
