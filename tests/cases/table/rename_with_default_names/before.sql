CREATE TABLE old (id integer, a integer UNIQUE CHECK (a > 0));
CREATE INDEX ON old (a);
