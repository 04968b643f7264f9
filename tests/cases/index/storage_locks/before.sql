CREATE TABLE t (a integer, b integer[]);
CREATE INDEX of_a ON t (a) WITH (deduplicate_items = off, fillfactor = 60);
CREATE INDEX of_b ON t USING gin (b) WITH (fastupdate = off);
CREATE INDEX of_c ON t USING brin (a) WITH (autosummarize = on);
