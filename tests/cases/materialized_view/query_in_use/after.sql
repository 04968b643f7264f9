CREATE TABLE sales (id integer PRIMARY KEY, at date NOT NULL, total numeric NOT NULL);
CREATE VIEW known AS SELECT id, at, total FROM sales WHERE total > 0;
CREATE MATERIALIZED VIEW daily AS SELECT at, sum(total) AS total, count(*) AS n FROM known GROUP BY at;
CREATE UNIQUE INDEX daily_at ON daily (at);
COMMENT ON MATERIALIZED VIEW daily IS 'by day';
COMMENT ON COLUMN daily.n IS 'how many';
COMMENT ON INDEX daily_at IS 'one each';
GRANT SELECT ON daily TO PUBLIC;
CREATE VIEW busy AS SELECT at FROM daily WHERE n > 5;
