CREATE DOMAIN word AS text CHECK (value <> '');
CREATE TABLE t (comes text[], leaves word[], drops word[]);
CREATE DOMAIN part AS integer;
CREATE TYPE pair AS (one part, two part);
CREATE TABLE u (id integer, leaves part[]);
CREATE TABLE drops (p pair);
