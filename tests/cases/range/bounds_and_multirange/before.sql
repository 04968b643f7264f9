CREATE TYPE e AS ENUM ('a', 'b');
CREATE TYPE r AS RANGE (subtype = integer, multirange_type_name = rs);
CREATE TYPE of_e AS RANGE (subtype = e, multirange_type_name = es);
CREATE TABLE t (a r, b rs, c r[], d rs[], e of_e, f es, g es[]);
CREATE FUNCTION f(rs) RETURNS integer LANGUAGE sql RETURN 1;
