CREATE TABLE new (id integer, a integer UNIQUE CHECK (a > 0));
CREATE INDEX ON new (a);
