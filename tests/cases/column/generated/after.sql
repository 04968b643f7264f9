CREATE TABLE t (a integer, b0 text, b integer GENERATED ALWAYS AS (a + 2) STORED, c text GENERATED ALWAYS AS (upper(b0)) STORED);
