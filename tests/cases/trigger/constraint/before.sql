CREATE TABLE salons (id integer, name text, rating numeric(3,2), deleted_at timestamptz);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end';

CREATE TABLE owners (id int);
CREATE CONSTRAINT TRIGGER a AFTER INSERT ON salons FOR EACH ROW EXECUTE FUNCTION touch();
CREATE CONSTRAINT TRIGGER b AFTER INSERT ON salons FOR EACH ROW EXECUTE FUNCTION touch();
CREATE CONSTRAINT TRIGGER c AFTER INSERT ON salons FOR EACH ROW EXECUTE FUNCTION touch();
