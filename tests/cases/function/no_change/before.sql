CREATE FUNCTION add(a integer, b integer DEFAULT 2) RETURNS integer LANGUAGE sql AS 'select a + b';
CREATE FUNCTION g(OUT a int, OUT b text) LANGUAGE sql AS 'select 1, null';
CREATE FUNCTION h() RETURNS int LANGUAGE sql RETURN 1 + 1;
CREATE FUNCTION big() RETURNS bigint LANGUAGE internal WINDOW AS 'window_row_number';
