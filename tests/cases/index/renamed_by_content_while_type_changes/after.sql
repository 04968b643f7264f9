CREATE TYPE status AS ENUM ('new', 'done', 'old');
CREATE TABLE t (id integer NOT NULL, s status NOT NULL);
CREATE INDEX after_idx ON t (id) WHERE s <> 'done';
COMMENT ON INDEX after_idx IS 'What is left.';
CREATE UNIQUE INDEX after_key ON t (id, s);
ALTER TABLE t REPLICA IDENTITY USING INDEX after_key;
