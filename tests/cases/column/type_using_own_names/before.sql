CREATE SCHEMA app;
CREATE FUNCTION app.clean(a text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT lower(a) $$;
CREATE TABLE app.orders (id integer PRIMARY KEY, state text, done text);
