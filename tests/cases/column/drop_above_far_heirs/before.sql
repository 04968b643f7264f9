CREATE TABLE p (a integer, b integer, CONSTRAINT c CHECK (b > 0));
CREATE TABLE h () INHERITS (p);
CREATE TABLE i () INHERITS (h);
CREATE TABLE "A far" (a integer DEFAULT 7, CONSTRAINT c CHECK (b > 0)) INHERITS (i);
COMMENT ON COLUMN "A far".a IS 'of it';
