CREATE TABLE empty ();
CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE, other bigint REFERENCES t (id) ON DELETE SET NULL, n integer DEFAULT 1 CHECK (n > 0), UNIQUE (name, n), CONSTRAINT short CHECK (length(name) < 9));
CREATE INDEX ON t (n);
CREATE INDEX ON t (lower(name));
COMMENT ON TABLE t IS 'A table.';
