CREATE SCHEMA ext;
CREATE EXTENSION citext SCHEMA ext;
CREATE TABLE people (
    id integer PRIMARY KEY,
    email ext.citext NOT NULL,
    name ext.citext,
    CONSTRAINT people_email_key UNIQUE (email)
);
CREATE INDEX people_name ON people (name);
