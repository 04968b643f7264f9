CREATE TABLE new (id integer CONSTRAINT pk PRIMARY KEY, a integer NOT NULL CONSTRAINT ck CHECK (a > 0));
CREATE INDEX i ON new (a);
CREATE TABLE u (o integer REFERENCES new (id));
