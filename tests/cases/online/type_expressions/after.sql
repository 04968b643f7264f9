CREATE TABLE t (
    id integer PRIMARY KEY,
    name text CONSTRAINT t_name CHECK (name <> ''),
    kind text NOT NULL,
    n bigint CONSTRAINT t_n CHECK (coalesce(n, 0) >= 0)
);
CREATE UNIQUE INDEX t_next ON t ((n + 1), kind) WHERE n > 0;
CREATE INDEX t_both ON t (n, abs(n) DESC) INCLUDE (name);
ALTER INDEX t_both ALTER COLUMN 2 SET STATISTICS 300;
COMMENT ON INDEX t_both IS 'both';
CREATE INDEX t_case ON t ((CASE WHEN n IS NULL THEN 0 ELSE n END), lower(name)) WHERE kind = 'x' AND n BETWEEN 1 AND 50;
CREATE UNIQUE INDEX t_lower ON t (lower(name) text_pattern_ops);
CREATE STATISTICS t_stat (dependencies) ON n, name FROM t;
ALTER STATISTICS t_stat SET STATISTICS 77;
COMMENT ON STATISTICS t_stat IS 'both of them';
CREATE STATISTICS t_part (ndistinct) ON (n % 10), kind, (lower(name)) FROM t;
CREATE STATISTICS t_one ON (CASE WHEN n > 0 THEN n ELSE 0 END) FROM t;
COMMENT ON STATISTICS t_one IS 'one';
