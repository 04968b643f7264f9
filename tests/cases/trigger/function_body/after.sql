CREATE TABLE salons (id integer, name text, rating numeric(3,2), deleted_at timestamptz);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'begin return null; end';
CREATE TRIGGER a BEFORE UPDATE ON salons FOR EACH ROW EXECUTE FUNCTION touch();
