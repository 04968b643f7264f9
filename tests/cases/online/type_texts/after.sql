CREATE TABLE t (
    id integer PRIMARY KEY,
    name character varying(9) NOT NULL CONSTRAINT t_name CHECK (name <> '' AND length(name) < 9),
    kind character varying(9) DEFAULT 'x' CONSTRAINT t_kind CHECK (kind = 'x' OR kind = 'y')
);
CREATE UNIQUE INDEX t_lower ON t (lower(name)) WHERE kind = 'x';
CREATE VIEW v AS SELECT name FROM t WHERE kind = 'y';
