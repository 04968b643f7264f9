CREATE ROLE boss;
ALTER DATABASE own OWNER TO boss;
ALTER DATABASE own SET work_mem = '16MB';
ALTER DATABASE own SET search_path = app, public;
ALTER DATABASE own SET my.setting = '100% {x}';
COMMENT ON DATABASE own IS 'it''s 100% "ours"';
