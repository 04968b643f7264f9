CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS 'begin end';
CREATE EVENT TRIGGER a ON ddl_command_end EXECUTE FUNCTION watch();
CREATE EVENT TRIGGER b ON ddl_command_end EXECUTE FUNCTION watch();
CREATE EVENT TRIGGER c ON ddl_command_end EXECUTE FUNCTION watch();
