CREATE TABLE t (a integer NOT NULL, b integer NOT NULL, c text);
CREATE INDEX i ON t ((a + b), lower(c) DESC, c);
CREATE UNIQUE INDEX j ON t (a) INCLUDE (c) WHERE a IS NOT NULL AND c LIKE 'x%';
CREATE INDEX k ON t USING brin (a) WITH (pages_per_range = 4);
CREATE INDEX l ON t ((CASE WHEN a > 0 THEN c END));
CREATE TABLE bare (CHECK (true), CONSTRAINT none_twice EXCLUDE USING btree ((1) WITH =));
CREATE INDEX bare_key ON bare ((2));
