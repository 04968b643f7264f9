CREATE SCHEMA ext;
CREATE EXTENSION citext SCHEMA ext;
CREATE TABLE people (
    id integer PRIMARY KEY,
    email text NOT NULL,
    name varchar,
    CONSTRAINT people_email_key UNIQUE (email)
);
CREATE INDEX people_name ON people (name);
