CREATE TABLE calls (
    id integer PRIMARY KEY,
    made timestamptz,
    day date,
    ended text,
    took text,
    hour interval
);
