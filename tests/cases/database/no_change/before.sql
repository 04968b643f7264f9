ALTER DATABASE own SET work_mem = '8MB';
COMMENT ON DATABASE own IS 'same';
