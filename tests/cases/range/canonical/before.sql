CREATE TYPE kept;
CREATE FUNCTION kept_step(kept) RETURNS kept LANGUAGE internal IMMUTABLE STRICT AS 'int4range_canonical';
CREATE TYPE kept AS RANGE (subtype = integer, canonical = kept_step);
CREATE TYPE gone;
CREATE FUNCTION gone_step(gone) RETURNS gone LANGUAGE internal IMMUTABLE STRICT AS 'int4range_canonical';
CREATE TYPE gone AS RANGE (subtype = integer, canonical = gone_step);
CREATE TYPE plain AS RANGE (subtype = integer);
