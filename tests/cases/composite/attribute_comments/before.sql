CREATE TYPE pair AS (a integer, b text, c text);
COMMENT ON TYPE pair IS 'two things';
COMMENT ON COLUMN pair.a IS 'the first';
COMMENT ON COLUMN pair.b IS 'the second';
COMMENT ON COLUMN pair.c IS 'the third';
CREATE TYPE other AS (d integer);
