CREATE TABLE t (id integer, a text GENERATED ALWAYS AS ((id)::text) STORED, b text GENERATED ALWAYS AS ((id)::text) STORED, c text GENERATED ALWAYS AS ((id)::text) STORED, d text GENERATED ALWAYS AS ((id)::text) STORED);
CREATE INDEX t_a ON t (a);
CREATE VIEW v AS SELECT a, b, c, d FROM t;
