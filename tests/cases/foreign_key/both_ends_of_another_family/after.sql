CREATE TABLE p (id integer PRIMARY KEY);
CREATE TABLE c (id integer PRIMARY KEY, p integer REFERENCES p);
CREATE TABLE tree (id integer PRIMARY KEY, up integer REFERENCES tree);
