CREATE SCHEMA a;
CREATE SCHEMA b;
CREATE TABLE a.users (id serial PRIMARY KEY, n integer);
CREATE TABLE a.t (id serial PRIMARY KEY, n integer);
CREATE SEQUENCE a.own OWNED BY a.t.n;
COMMENT ON SEQUENCE a.t_id_seq IS 'Comes along.';
GRANT USAGE ON SEQUENCE a.own TO PUBLIC;
CREATE TABLE a.other (id bigint DEFAULT nextval('a.own'));
