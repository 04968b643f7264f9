CREATE TABLE t (a integer, b integer[]);
CREATE INDEX of_a ON t (a) WITH (fillfactor = 70);
CREATE INDEX of_b ON t USING gin (b) WITH (gin_pending_list_limit = 128);
CREATE INDEX of_c ON t USING brin (a);
