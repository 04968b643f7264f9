CREATE TRUSTED LANGUAGE other HANDLER plpgsql_call_handler INLINE plpgsql_inline_handler VALIDATOR plpgsql_validator;
COMMENT ON LANGUAGE other IS 'Like plpgsql.';
CREATE FUNCTION f() RETURNS integer LANGUAGE other AS 'begin return 1; end';
