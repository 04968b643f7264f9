CREATE TABLE heard (tag text);
CREATE TABLE t (a integer CHECK (a > 0));
CREATE INDEX t_a_idx ON t (a);
CREATE FUNCTION hears() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN PERFORM FROM heard; END';
CREATE EVENT TRIGGER hears ON ddl_command_end EXECUTE FUNCTION hears();
