CREATE TABLE t (a integer NOT NULL, "B b" text NOT NULL, c integer NOT NULL, d integer, "from" date NOT NULL);
CREATE TABLE heir (e integer NOT NULL) INHERITS (t);
CREATE INDEX t_b ON t ("B b");
CREATE INDEX t_from ON t ("from");
CREATE INDEX heir_c ON heir (c);
ALTER TABLE t ADD CONSTRAINT t_c UNIQUE (c), ADD CONSTRAINT t_pkey PRIMARY KEY (a, "B b");
