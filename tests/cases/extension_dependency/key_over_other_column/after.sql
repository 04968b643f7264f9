CREATE TABLE docs (doc_id integer CONSTRAINT docs_pkey PRIMARY KEY, title text);
ALTER INDEX docs_pkey DEPENDS ON EXTENSION plpgsql;
