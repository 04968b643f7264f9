CREATE FUNCTION whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE DEBUG 'row %', NEW;
    RETURN NEW;
END
$$;
CREATE TABLE notes (id integer, text text);
CREATE TRIGGER goes BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION whole();
CREATE TABLE marks (id integer, text text);
