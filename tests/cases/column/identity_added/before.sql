CREATE TABLE t (id bigint NOT NULL, b integer GENERATED ALWAYS AS IDENTITY, c integer);
