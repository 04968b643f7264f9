CREATE ROLE app LOGIN CREATEDB CONNECTION LIMIT 3 PASSWORD 'secret';
ALTER ROLE app SET statement_timeout = '5s';
ALTER ROLE app SET work_mem = '8MB';
ALTER ROLE app IN DATABASE own SET work_mem = '9MB';
COMMENT ON ROLE app IS 'before';
CREATE ROLE quiet;
ALTER ROLE quiet SET work_mem = '1MB';
