CREATE TABLE gains (id integer PRIMARY KEY, n integer UNIQUE);
COMMENT ON INDEX gains_pkey IS 'new';
COMMENT ON INDEX gains_n_key IS 'new too';
CREATE TABLE rooms (
    id integer PRIMARY KEY,
    at int4range,
    CONSTRAINT rooms_free EXCLUDE USING gist (at WITH &&)
);
COMMENT ON INDEX rooms_pkey IS 'is';
COMMENT ON CONSTRAINT rooms_pkey ON rooms IS 'the constraint';
CREATE TABLE anew (id integer, n integer, CONSTRAINT anew_key UNIQUE (id, n));
COMMENT ON INDEX anew_key IS 'stays';
CREATE TABLE called (id integer CONSTRAINT called_twice UNIQUE);
COMMENT ON INDEX called_twice IS 'moves along';
