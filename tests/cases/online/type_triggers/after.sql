CREATE TABLE history (note bigint, what text, at timestamptz DEFAULT clock_timestamp());
CREATE FUNCTION touched() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed := NEW.changed + 1;
    RETURN NEW;
END
$$;
CREATE FUNCTION remembered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.history (note, what) VALUES (coalesce(NEW.id, OLD.id), TG_OP);
    RETURN NEW;
END
$$;
CREATE TABLE notes (
    id bigint PRIMARY KEY,
    text text,
    changed integer NOT NULL DEFAULT 0
);
CREATE TRIGGER touched BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION touched();
CREATE TRIGGER remembered AFTER INSERT OR DELETE OR UPDATE OF text ON notes
    FOR EACH ROW WHEN (pg_trigger_depth() < 2) EXECUTE FUNCTION remembered();
CREATE TRIGGER counted AFTER UPDATE ON notes FOR EACH STATEMENT EXECUTE FUNCTION remembered();
