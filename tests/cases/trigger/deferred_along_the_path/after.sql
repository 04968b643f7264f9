CREATE TABLE audit (x text);
CREATE TABLE journal (x text PRIMARY KEY);
CREATE TABLE ref (code text PRIMARY KEY, label text);
CREATE TABLE other (code text PRIMARY KEY, label text);
CREATE TABLE apart (code text PRIMARY KEY, label text);
CREATE FUNCTION logged() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM FROM audit; RETURN NULL; END';
CREATE FUNCTION written() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS 'BEGIN INSERT INTO journal VALUES (new.code) ON CONFLICT (x) DO UPDATE SET x = excluded.x; RETURN NULL; END';
CREATE FUNCTION helps(x text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT upper(x)';
CREATE FUNCTION alike(x text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN helps(x); END';
CREATE CONSTRAINT TRIGGER logged AFTER INSERT OR UPDATE ON ref DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION logged();
-- Its own functions have their path; what they write to has a trigger that waits.
CREATE TRIGGER written AFTER INSERT OR UPDATE ON other FOR EACH ROW EXECUTE FUNCTION written();
CREATE CONSTRAINT TRIGGER logged AFTER INSERT OR UPDATE ON journal DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION logged();
ALTER TABLE apart ADD CONSTRAINT alike EXCLUDE USING btree (alike(label) WITH =) DEFERRABLE INITIALLY DEFERRED;
INSERT INTO ref VALUES ('a', 'one'), ('b', 'two');
INSERT INTO other VALUES ('a', 'one'), ('b', 'two');
INSERT INTO apart VALUES ('a', 'two'), ('b', 'one');
