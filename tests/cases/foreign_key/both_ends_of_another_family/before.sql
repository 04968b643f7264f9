CREATE TABLE p (id numeric PRIMARY KEY);
CREATE TABLE c (id integer PRIMARY KEY, p numeric REFERENCES p);
CREATE TABLE tree (id text PRIMARY KEY, up text REFERENCES tree);
