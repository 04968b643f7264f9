CREATE TYPE spot AS (x integer, y integer, note text);
CREATE TABLE kinds (note text PRIMARY KEY);
CREATE TABLE spots OF spot (
    PRIMARY KEY (x),
    y NOT NULL,
    UNIQUE (y),
    CONSTRAINT positive CHECK (x > 0),
    FOREIGN KEY (note) REFERENCES kinds
);
