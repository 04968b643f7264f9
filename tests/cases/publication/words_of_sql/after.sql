CREATE TABLE t (id integer PRIMARY KEY);
CREATE PUBLICATION p FOR TABLE t WITH (publish = 'insert, update');
