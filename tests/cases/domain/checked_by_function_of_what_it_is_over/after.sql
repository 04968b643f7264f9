CREATE TYPE rgb AS (r bigint, g integer);
CREATE FUNCTION is_light(rgb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT ($1).r >= 0 $$;
CREATE DOMAIN light AS rgb CONSTRAINT is_light CHECK (is_light(VALUE));
CREATE TABLE things (id integer PRIMARY KEY, rgb rgb, light light, lights light[]);
