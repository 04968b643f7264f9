CREATE TYPE person AS (id integer, name text);
CREATE TABLE untied OF person (PRIMARY KEY (id));
CREATE TABLE tied (id integer, name text DEFAULT 'x');
CREATE TABLE gone OF person;
CREATE TABLE kept OF person (PRIMARY KEY (id), name WITH OPTIONS NOT NULL);
CREATE TYPE other AS (id integer, name text);
CREATE TABLE changes OF person;
