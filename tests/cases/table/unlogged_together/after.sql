CREATE TABLE a (id integer PRIMARY KEY);
CREATE TABLE b (id integer PRIMARY KEY REFERENCES a, b_id integer REFERENCES b);
CREATE TABLE c (id integer REFERENCES b, a_id integer REFERENCES a);
CREATE TABLE d (id integer PRIMARY KEY);
CREATE TABLE e (id integer REFERENCES d);
