CREATE TABLE visits (
    id integer PRIMARY KEY,
    began timestamp NOT NULL,
    ended timestamp with time zone,
    day date
);
CREATE INDEX visits_began ON visits (began) WHERE day IS NOT NULL;
CREATE UNIQUE INDEX visits_ended ON visits (ended, id);
