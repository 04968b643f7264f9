CREATE TABLE whole (n integer DEFAULT 1, CONSTRAINT positive CHECK (n > 0));
CREATE TABLE heir (n integer DEFAULT 2, CONSTRAINT positive CHECK (n > 0)) INHERITS (whole);
CREATE TABLE stays (n integer);
