ALTER SCHEMA public RENAME TO app;
CREATE TABLE app.users (id integer);
