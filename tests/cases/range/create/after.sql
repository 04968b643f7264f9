CREATE DOMAIN small AS integer CHECK (VALUE < 10);
CREATE FUNCTION time_diff(a time, b time) RETURNS double precision LANGUAGE sql IMMUTABLE AS 'select extract(epoch from (a - b))';
CREATE TYPE timerange AS RANGE (subtype = time, subtype_diff = time_diff);
CREATE TYPE words AS RANGE (subtype = text, collation = "C");
CREATE TYPE patterns AS RANGE (subtype = text, subtype_opclass = text_pattern_ops, multirange_type_name = many_patterns);
CREATE TYPE "Small Range" AS RANGE (subtype = small);
CREATE TABLE t (a timerange, b words[], c many_patterns, d "Small Range" DEFAULT 'empty');
COMMENT ON TYPE words IS 'From word to word.';
CREATE FUNCTION first_word(words_multirange, more many_patterns[] = '{}') RETURNS words_multirange LANGUAGE sql AS 'select $1';
