CREATE TABLE countries (code text PRIMARY KEY, name text NOT NULL, rank integer);
CREATE UNIQUE INDEX countries_name ON countries (lower(name)) WHERE rank > 0;
