CREATE TABLE gains (id integer PRIMARY KEY, n integer UNIQUE);
CREATE TABLE rooms (
    id integer PRIMARY KEY,
    at int4range,
    CONSTRAINT rooms_free EXCLUDE USING gist (at WITH &&)
);
COMMENT ON INDEX rooms_pkey IS 'was';
COMMENT ON CONSTRAINT rooms_pkey ON rooms IS 'the constraint';
COMMENT ON INDEX rooms_free IS 'goes';
CREATE TABLE anew (id integer, n integer, CONSTRAINT anew_key UNIQUE (id));
COMMENT ON INDEX anew_key IS 'stays';
CREATE TABLE called (id integer CONSTRAINT called_once UNIQUE);
COMMENT ON INDEX called_once IS 'moves along';
