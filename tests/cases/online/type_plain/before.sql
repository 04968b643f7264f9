CREATE TABLE t (
    id integer PRIMARY KEY,
    amount integer DEFAULT 7 NOT NULL CONSTRAINT positive CHECK (amount > 0),
    "Odd %s name" smallint,
    code character(4),
    note text
);
COMMENT ON COLUMN t.amount IS 'cents';
COMMENT ON CONSTRAINT positive ON t IS 'never nothing';
CREATE INDEX t_amount_idx ON t (amount DESC, note);
COMMENT ON INDEX t_amount_idx IS 'by size';
CREATE UNIQUE INDEX t_odd ON t ("Odd %s name") INCLUDE (amount) WHERE note IS NOT NULL;
ALTER TABLE t ALTER amount SET STATISTICS 500;
ALTER TABLE t ADD CONSTRAINT two CHECK (amount IS DISTINCT FROM "Odd %s name");
GRANT SELECT (amount), UPDATE (amount) ON t TO PUBLIC;
