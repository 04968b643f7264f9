CREATE TABLE same_name (id integer NOT NULL, k integer, CONSTRAINT key EXCLUDE USING btree (id WITH =));
CREATE TABLE two (id integer NOT NULL, k integer, CONSTRAINT one EXCLUDE USING btree (id WITH =),
    CONSTRAINT other EXCLUDE USING btree (k WITH =));
CREATE TABLE longer (id integer NOT NULL, s varchar(10), CONSTRAINT longer_s UNIQUE (s));
CREATE TABLE wider (id integer NOT NULL, k integer NOT NULL, CONSTRAINT wider_k UNIQUE (k));
CREATE TABLE back (id integer NOT NULL, CONSTRAINT back_id UNIQUE (id));
