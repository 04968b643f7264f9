CREATE TABLE things (number integer GENERATED ALWAYS AS IDENTITY CONSTRAINT t_pkey PRIMARY KEY, other_number bigserial, third integer NOT NULL, a integer);
CREATE TABLE u (id integer NOT NULL, a integer);
CREATE SEQUENCE t_third_seq AS integer OWNED BY u.id;
ALTER TABLE u ALTER COLUMN id SET DEFAULT nextval('t_third_seq');
