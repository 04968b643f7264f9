CREATE TABLE t (a integer, z integer, y text NOT NULL DEFAULT 'x',
    b integer GENERATED ALWAYS AS (z + 1) STORED,
    c text GENERATED ALWAYS AS (upper(y)) STORED);
