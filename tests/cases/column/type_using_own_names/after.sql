CREATE SCHEMA app;
CREATE TYPE app.order_state AS ENUM ('new', 'sent');
CREATE FUNCTION app.clean(a text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT lower(a) $$;
CREATE TABLE app.orders (id integer PRIMARY KEY, state app.order_state, done boolean);
