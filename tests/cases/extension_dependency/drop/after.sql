CREATE TABLE docs (
    id integer PRIMARY KEY,
    title text UNIQUE,
    room int4range,
    EXCLUDE USING gist (room WITH &&)
);
CREATE INDEX docs_title ON docs (lower(title));
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE FUNCTION "Add"(a integer, b integer) RETURNS integer LANGUAGE sql AS 'SELECT a + b';
CREATE PROCEDURE clean(n integer) LANGUAGE sql AS 'SELECT n';
CREATE TRIGGER touched BEFORE UPDATE ON docs FOR EACH ROW EXECUTE FUNCTION touch();
CREATE MATERIALIZED VIEW titles AS SELECT title FROM docs;
CREATE INDEX titles_title ON titles (title);
