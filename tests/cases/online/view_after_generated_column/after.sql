CREATE TABLE t (id integer PRIMARY KEY, n bigint, s text, g integer GENERATED ALWAYS AS (n + 1) STORED);
CREATE VIEW v AS SELECT id, g FROM t;
CREATE VIEW w AS SELECT id FROM v;
