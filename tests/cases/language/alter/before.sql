CREATE LANGUAGE a HANDLER plpgsql_call_handler;
CREATE LANGUAGE b HANDLER plpgsql_call_handler;
CREATE FUNCTION f() RETURNS integer LANGUAGE a AS 'begin return 1; end';
