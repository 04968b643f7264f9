CREATE TYPE pair AS (a integer, b2 text);
COMMENT ON TYPE pair IS 'two things';
COMMENT ON COLUMN pair.a IS 'number one';
COMMENT ON COLUMN pair.b2 IS 'the second';
CREATE TYPE other AS (d integer, e text);
COMMENT ON COLUMN other.d IS 'D';
COMMENT ON COLUMN other.e IS 'E';
CREATE TYPE fresh AS (f integer);
COMMENT ON COLUMN fresh.f IS 'F';
