CREATE TABLE t (id serial PRIMARY KEY, n serial, m integer NOT NULL);
