CREATE TABLE docs (id bigint PRIMARY KEY, title text, room int4range);
CREATE INDEX docs_title ON docs (lower(title));
ALTER INDEX docs_title DEPENDS ON EXTENSION plpgsql;
ALTER INDEX docs_pkey DEPENDS ON EXTENSION plpgsql;
COMMENT ON INDEX docs_title IS 'x';
