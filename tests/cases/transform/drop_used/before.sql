CREATE TRANSFORM FOR bigint LANGUAGE plpgsql (TO SQL WITH FUNCTION int8recv(internal));
CREATE TRANSFORM FOR integer LANGUAGE plpgsql (TO SQL WITH FUNCTION int4recv(internal));
CREATE FUNCTION f(a bigint) RETURNS bigint LANGUAGE plpgsql AS 'begin return a; end';
CREATE FUNCTION g(a bigint, b integer) RETURNS bigint LANGUAGE plpgsql TRANSFORM FOR TYPE bigint, FOR TYPE integer AS 'begin return a; end';
CREATE TABLE t (a bigint DEFAULT f(1));
COMMENT ON FUNCTION f(bigint) IS 'kept';
