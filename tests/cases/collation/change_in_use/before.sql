CREATE COLLATION c (locale = 'C');
COMMENT ON COLLATION c IS 'of names';
CREATE DOMAIN d AS text COLLATE c CHECK (value > 'A');
CREATE TYPE pair AS (a text COLLATE c, b integer);
CREATE TABLE people (
    id integer PRIMARY KEY,
    name text COLLATE c NOT NULL,
    nick d,
    names text[] COLLATE c,
    both_ pair,
    CONSTRAINT people_name_check CHECK (name < 'z' COLLATE c)
);
CREATE INDEX people_name ON people (name);
CREATE UNIQUE INDEX people_lower ON people (lower(nick) COLLATE c);
CREATE VIEW sorted AS SELECT id, name FROM people ORDER BY name;
CREATE MATERIALIZED VIEW firsts AS SELECT min(name) AS name FROM people;
CREATE FUNCTION f(text) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN $1 < 'b' COLLATE c;
