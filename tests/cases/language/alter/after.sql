CREATE TRUSTED LANGUAGE a HANDLER plpgsql_call_handler VALIDATOR plpgsql_validator;
CREATE LANGUAGE d HANDLER plpgsql_call_handler;
CREATE FUNCTION f() RETURNS integer LANGUAGE a AS 'begin return 1; end';
