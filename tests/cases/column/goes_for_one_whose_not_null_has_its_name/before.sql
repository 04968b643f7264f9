CREATE TABLE c (id integer, called text CONSTRAINT c_name_not_null NOT NULL, score integer);
CREATE VIEW seen AS SELECT id, called AS name FROM c;
CREATE FUNCTION names(p integer) RETURNS TABLE (n text, i integer) LANGUAGE sql STABLE
BEGIN ATOMIC SELECT called, id FROM c WHERE id = p; END;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER touch BEFORE UPDATE OF called ON c
FOR EACH ROW WHEN (old.called <> new.called) EXECUTE FUNCTION touch();
CREATE POLICY reads ON c FOR SELECT USING (called <> '');
