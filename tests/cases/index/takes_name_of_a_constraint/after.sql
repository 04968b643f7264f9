CREATE TABLE t (a integer, b integer);
CREATE UNIQUE INDEX t_uq ON t (a, b);
CREATE TABLE u (a integer NOT NULL);
CREATE UNIQUE INDEX u_pk ON u (a DESC) WHERE a > 0;
CREATE TABLE x (a int4range);
CREATE INDEX x_e ON x USING gist (a);
