ALTER SCHEMA public RENAME TO app;
COMMENT ON SCHEMA app IS 'Everything';
CREATE TABLE app.users (id integer);
CREATE TABLE app.posts (id integer);
