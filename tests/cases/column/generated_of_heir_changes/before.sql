CREATE TABLE p (a integer, g integer GENERATED ALWAYS AS (a + 1) STORED);
CREATE TABLE h (a integer, g integer GENERATED ALWAYS AS (a + 2) STORED) INHERITS (p);
