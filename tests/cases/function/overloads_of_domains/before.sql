CREATE DOMAIN euros AS numeric;
CREATE DOMAIN metres AS numeric;
CREATE FUNCTION show(euros) RETURNS text LANGUAGE sql IMMUTABLE AS 'select $1 || '' EUR''';
CREATE FUNCTION show(numeric) RETURNS text LANGUAGE sql IMMUTABLE AS 'select $1::text';
CREATE FUNCTION gone(euros) RETURNS integer LANGUAGE sql AS 'select 1';
CREATE FUNCTION gone(metres) RETURNS integer LANGUAGE sql AS 'select 2';
CREATE TABLE t (price euros, height metres, size numeric);
CREATE VIEW shown AS SELECT show(price) AS price, show(size) AS size FROM t;
COMMENT ON FUNCTION show(euros) IS 'Money.';
