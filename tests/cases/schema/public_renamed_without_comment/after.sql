ALTER SCHEMA public RENAME TO app;
COMMENT ON SCHEMA app IS NULL;
CREATE TABLE app.t (a integer, b text);
