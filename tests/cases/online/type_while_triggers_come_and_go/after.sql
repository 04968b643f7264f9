CREATE FUNCTION whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE DEBUG 'row %', NEW;
    RETURN NEW;
END
$$;
CREATE TABLE notes (id bigint, text text);
CREATE TABLE marks (id bigint, text text);
CREATE TRIGGER comes AFTER INSERT ON marks FOR EACH ROW EXECUTE FUNCTION whole();
