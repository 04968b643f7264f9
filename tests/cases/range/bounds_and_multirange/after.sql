CREATE SCHEMA x;
CREATE TYPE e AS ENUM ('b', 'c', 'a');
CREATE TYPE r AS RANGE (subtype = bigint, multirange_type_name = many);
CREATE TYPE of_e AS RANGE (subtype = e, multirange_type_name = x.es);
CREATE TABLE t (a r, b many, c r[], d many[], e of_e, f x.es, g x.es[]);
CREATE FUNCTION f(many) RETURNS integer LANGUAGE sql RETURN 1;
