CREATE FUNCTION h() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
CREATE LANGUAGE a HANDLER h VALIDATOR plpgsql_validator;
CREATE FUNCTION f() RETURNS integer LANGUAGE a AS 'begin return 1; end';
