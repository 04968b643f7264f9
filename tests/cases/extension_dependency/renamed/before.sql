CREATE SCHEMA app;
CREATE TABLE app.docs (id integer CONSTRAINT k PRIMARY KEY, title text);
CREATE INDEX by_title ON app.docs (title);
ALTER INDEX app.k DEPENDS ON EXTENSION plpgsql;
ALTER INDEX app.by_title DEPENDS ON EXTENSION plpgsql;
