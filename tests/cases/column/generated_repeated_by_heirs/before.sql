CREATE TABLE whole (a integer, b integer GENERATED ALWAYS AS (a * 2) STORED);
CREATE TABLE keeps (b integer GENERATED ALWAYS AS (a * 3) STORED) INHERITS (whole);
CREATE TABLE changes (b integer GENERATED ALWAYS AS (a * 4) STORED) INHERITS (whole);
CREATE TABLE says_nothing () INHERITS (whole);
