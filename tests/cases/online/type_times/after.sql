CREATE TABLE visits (
    id integer PRIMARY KEY,
    began timestamp with time zone NOT NULL,
    ended date,
    day timestamp with time zone
);
CREATE INDEX visits_began ON visits (began) WHERE day IS NOT NULL;
CREATE UNIQUE INDEX visits_ended ON visits (ended, id);
