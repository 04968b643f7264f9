CREATE TABLE t (id serial PRIMARY KEY, other bigint GENERATED ALWAYS AS IDENTITY, third serial, a integer);
CREATE TABLE u (id integer NOT NULL, a integer);
ALTER SEQUENCE t_third_seq OWNED BY NONE;
