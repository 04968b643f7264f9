CREATE TABLE t (id integer, changes integer NOT NULL DEFAULT 0);
CREATE FUNCTION count_changes() RETURNS trigger LANGUAGE plpgsql AS
    'begin new.changes := new.changes + 1; return new; end';
CREATE TRIGGER counted BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION count_changes();
CREATE TABLE u (id integer, changes integer NOT NULL DEFAULT 0);
CREATE TRIGGER counted BEFORE UPDATE ON u FOR EACH ROW EXECUTE FUNCTION count_changes();
CREATE TABLE elsewhere (id integer, changes integer NOT NULL DEFAULT 0);
CREATE TRIGGER counted BEFORE UPDATE OF id ON elsewhere
    FOR EACH ROW EXECUTE FUNCTION count_changes();
CREATE TABLE always (id integer, changes integer NOT NULL DEFAULT 0);
CREATE TRIGGER counted BEFORE UPDATE ON always FOR EACH ROW EXECUTE FUNCTION count_changes();
ALTER TABLE always ENABLE ALWAYS TRIGGER counted;
