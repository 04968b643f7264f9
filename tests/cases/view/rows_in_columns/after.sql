CREATE TABLE b (p bigint, q integer, r numeric);
CREATE VIEW v AS SELECT r, p, r AS o FROM b;
CREATE MATERIALIZED VIEW m AS SELECT q, p FROM b;
CREATE INDEX m_p ON m (p);
CREATE DOMAIN d AS v CHECK ((VALUE).p > 0);
CREATE TYPE c AS (n integer, v v[], m m);
CREATE TABLE t (id integer PRIMARY KEY, x v, y v[], z d[], w c);
CREATE TABLE s (id integer REFERENCES t, x b, y b[]);
CREATE INDEX s_p ON s (((x).p));
