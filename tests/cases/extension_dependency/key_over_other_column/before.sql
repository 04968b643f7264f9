CREATE TABLE docs (id bigint PRIMARY KEY, title text);
ALTER INDEX docs_pkey DEPENDS ON EXTENSION plpgsql;
