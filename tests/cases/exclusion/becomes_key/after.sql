CREATE TABLE same_name (id integer NOT NULL, k integer, CONSTRAINT key UNIQUE (id));
CREATE TABLE two (id integer NOT NULL, k integer, CONSTRAINT one UNIQUE (id), CONSTRAINT third UNIQUE (k));
CREATE TABLE longer (id integer NOT NULL, s varchar(20), CONSTRAINT longer_s_id UNIQUE (s) INCLUDE (id));
CREATE TABLE wider (id integer NOT NULL, k bigint NOT NULL, CONSTRAINT wider_key PRIMARY KEY (k));
CREATE TABLE back (id integer NOT NULL, CONSTRAINT back_id EXCLUDE USING btree (id WITH =));
