CREATE TRANSFORM FOR oid LANGUAGE plpgsql (FROM SQL WITH FUNCTION prsd_lextype(internal));
CREATE FUNCTION reads(oid) RETURNS integer LANGUAGE plpgsql TRANSFORM FOR TYPE oid AS 'begin return 1; end';
CREATE PROCEDURE reads_too(oid) LANGUAGE plpgsql TRANSFORM FOR TYPE oid AS 'begin end';
