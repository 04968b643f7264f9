CREATE EXTENSION citext;
CREATE EXTENSION hstore;
CREATE TABLE a (id citext PRIMARY KEY, h hstore DEFAULT ''::hstore NOT NULL, names citext[]);
CREATE TABLE b (id integer PRIMARY KEY, a_id citext REFERENCES a);
CREATE FUNCTION shout(c citext) RETURNS citext LANGUAGE sql IMMUTABLE AS 'select upper(c::text)::citext';
CREATE VIEW v AS SELECT id FROM a WHERE id <> 'x';
CREATE INDEX a_h ON a USING gin (h);
