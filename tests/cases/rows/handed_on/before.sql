CREATE TABLE steps (code text PRIMARY KEY, pos integer NOT NULL UNIQUE, label text);
CREATE TABLE tasks (id integer PRIMARY KEY, step text REFERENCES steps);
