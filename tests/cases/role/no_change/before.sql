CREATE ROLE app LOGIN PASSWORD 'secret' VALID UNTIL 'infinity';
ALTER ROLE app SET work_mem = '8MB';
CREATE ROLE grp;
GRANT grp TO app;
CREATE ROLE unnamed SUPERUSER;
CREATE TABLE t (id integer);
ALTER TABLE t OWNER TO app;
