CREATE DOMAIN share AS numeric(5, 2) CONSTRAINT up_to CHECK (VALUE BETWEEN 0 AND 100);
CREATE TYPE shares AS RANGE (subtype = share);
CREATE TABLE things (id serial PRIMARY KEY, whole share, at shares, each share[]);
