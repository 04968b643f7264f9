CREATE TYPE person AS (id integer, name text);
CREATE TABLE untied (id integer PRIMARY KEY, name text);
CREATE TABLE tied OF person (name WITH OPTIONS DEFAULT 'x');
CREATE TABLE kept OF person (PRIMARY KEY (id), name WITH OPTIONS DEFAULT 'nobody', CHECK (id > 0));
COMMENT ON COLUMN kept.id IS 'the number';
CREATE TYPE other AS (id integer, name text);
CREATE TABLE changes OF other;
CREATE TABLE fresh OF person (PRIMARY KEY (id), name WITH OPTIONS DEFAULT 'x' NOT NULL, CONSTRAINT named CHECK (name <> ''))
  PARTITION BY LIST (id);
CREATE TABLE fresh1 PARTITION OF fresh FOR VALUES IN (1);
