CREATE TABLE c (id integer, name text CONSTRAINT c_name_not_null NOT NULL, score integer);
CREATE VIEW seen AS SELECT id, name FROM c;
CREATE FUNCTION names(p integer) RETURNS TABLE (n text, i integer) LANGUAGE sql STABLE
BEGIN ATOMIC SELECT name, id FROM c WHERE id = p; END;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER touch BEFORE UPDATE OF name ON c
FOR EACH ROW WHEN (old.name <> new.name) EXECUTE FUNCTION touch();
CREATE POLICY reads ON c FOR SELECT USING (name <> '');
