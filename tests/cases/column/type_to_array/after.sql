CREATE TABLE t (id integer PRIMARY KEY, tag text[], tags text[] DEFAULT '{}', n integer[]);
