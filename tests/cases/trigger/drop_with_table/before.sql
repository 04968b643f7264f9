CREATE TABLE salons (id integer, name text, rating numeric(3,2), deleted_at timestamptz);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end';
CREATE TABLE old (id int);
CREATE TRIGGER a BEFORE UPDATE ON old FOR EACH ROW EXECUTE FUNCTION touch();
