CREATE SCHEMA a;
CREATE SCHEMA b;
CREATE TABLE b.people (id serial PRIMARY KEY, n integer);
CREATE TABLE b.t (id serial PRIMARY KEY, n integer);
CREATE SEQUENCE b.own OWNED BY b.t.n;
COMMENT ON SEQUENCE b.t_id_seq IS 'Comes along.';
GRANT USAGE ON SEQUENCE b.own TO PUBLIC;
CREATE TABLE a.other (id bigint DEFAULT nextval('b.own'));
