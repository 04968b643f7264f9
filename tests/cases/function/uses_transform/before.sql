CREATE FUNCTION stays(oid) RETURNS integer LANGUAGE plpgsql AS 'begin return 1; end';
