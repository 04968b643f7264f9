CREATE TABLE t (a integer, b integer, CONSTRAINT t_uq UNIQUE (a, b));
CREATE TABLE u (a integer CONSTRAINT u_pk PRIMARY KEY);
CREATE TABLE x (a int4range, CONSTRAINT x_e EXCLUDE USING gist (a WITH &&));
