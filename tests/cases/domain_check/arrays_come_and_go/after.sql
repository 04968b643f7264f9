CREATE DOMAIN word AS text CHECK (value <> '' AND length(value) < 100);
CREATE TABLE t (comes word[], leaves text[]);
CREATE DOMAIN part AS integer NOT NULL;
CREATE TYPE pair AS (one part, two part);
CREATE TABLE u (id integer, leaves integer[], comes part[]);
