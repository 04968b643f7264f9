CREATE TABLE t (a integer NOT NULL, b integer NOT NULL, c text);
CREATE INDEX i ON t (upper(c), (a - b), (c::varchar(5)));
