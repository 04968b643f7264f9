CREATE TABLE whole (a integer, b integer GENERATED ALWAYS AS (a * 5) STORED);
CREATE TABLE keeps (b integer GENERATED ALWAYS AS (a * 3) STORED) INHERITS (whole);
CREATE TABLE changes (b integer GENERATED ALWAYS AS (a * 6) STORED) INHERITS (whole);
CREATE TABLE says_nothing () INHERITS (whole);
