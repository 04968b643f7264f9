CREATE TABLE p (a integer, g integer GENERATED ALWAYS AS (a + 1) STORED);
CREATE TABLE h (a integer, g integer GENERATED ALWAYS AS (a + 4) STORED) INHERITS (p);
