CREATE TABLE t (
    id integer PRIMARY KEY,
    name text NOT NULL CONSTRAINT t_name CHECK (name <> '' AND length(name) < 9),
    kind text DEFAULT 'x' CONSTRAINT t_kind CHECK (kind = 'x' OR kind = 'y')
);
CREATE UNIQUE INDEX t_lower ON t (lower(name)) WHERE kind = 'x';
CREATE VIEW v AS SELECT name FROM t WHERE kind = 'y';
