CREATE TABLE t (a integer NOT NULL, b integer NOT NULL, c text);
ALTER TABLE t ADD CONSTRAINT ck CHECK (c IN ('x', 'y') AND a BETWEEN 0 AND 5 OR lower(c) LIKE 'a%'),
    ADD CONSTRAINT ck2 CHECK (CASE WHEN a > 1 THEN b > 1 ELSE true END),
    ADD CONSTRAINT ck3 CHECK (starts_with(c, 'a)') IS NOT NULL);
