CREATE TYPE place AS (x integer, y integer, note text);
CREATE TABLE kinds (note text PRIMARY KEY);
CREATE TABLE places OF place (
    PRIMARY KEY (x),
    y NOT NULL,
    UNIQUE (y),
    CONSTRAINT above_zero CHECK (x > 0),
    FOREIGN KEY (note) REFERENCES kinds
);
