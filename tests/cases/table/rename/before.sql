CREATE TABLE old (id integer CONSTRAINT pk PRIMARY KEY, a integer NOT NULL CONSTRAINT ck CHECK (a > 0));
CREATE INDEX i ON old (a);
CREATE TABLE u (o integer REFERENCES old (id));
