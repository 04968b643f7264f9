ALTER DATABASE own SET work_mem = '8MB';
ALTER DATABASE own SET lock_timeout = '1s';
COMMENT ON DATABASE own IS 'before';
CREATE ROLE boss;
