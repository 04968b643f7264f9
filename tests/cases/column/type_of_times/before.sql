CREATE TABLE calls (
    id integer PRIMARY KEY,
    made timestamp,
    day text,
    ended timestamptz,
    took interval,
    hour time
);
