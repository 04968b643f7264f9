CREATE TYPE status AS ENUM ('new', 'old', 'done');
CREATE TABLE t (id integer NOT NULL, s status NOT NULL);
CREATE INDEX before_idx ON t (id) WHERE s <> 'done';
COMMENT ON INDEX before_idx IS 'What is left.';
CREATE UNIQUE INDEX before_key ON t (id, s);
ALTER TABLE t REPLICA IDENTITY USING INDEX before_key;
