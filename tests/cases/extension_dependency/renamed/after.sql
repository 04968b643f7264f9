CREATE SCHEMA web;
CREATE TABLE web.papers (id integer CONSTRAINT k2 PRIMARY KEY, title text);
CREATE INDEX docs_title ON web.papers (title);
ALTER INDEX web.k2 DEPENDS ON EXTENSION plpgsql;
ALTER INDEX web.docs_title DEPENDS ON EXTENSION plpgsql;
