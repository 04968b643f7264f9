CREATE TABLE old (id integer CONSTRAINT pk UNIQUE, a integer CONSTRAINT ck CHECK (a > 0));
CREATE INDEX i ON old (a);
CREATE TABLE u (o integer REFERENCES old (id));
