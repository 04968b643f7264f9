CREATE FUNCTION next_code(number int) RETURNS text LANGUAGE sql IMMUTABLE AS 'select ''b'' || number';
CREATE TABLE codes (id int, code text DEFAULT next_code(1), CONSTRAINT known CHECK (next_code(id) <> 'x'));
CREATE INDEX codes_code ON codes (next_code(id));
CREATE VIEW coded AS SELECT id, next_code(id) AS code FROM codes;
CREATE VIEW again AS SELECT code FROM coded;
COMMENT ON CONSTRAINT known ON codes IS 'Kept.';
