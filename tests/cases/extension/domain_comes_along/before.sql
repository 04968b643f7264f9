CREATE TABLE places (id integer);
CREATE TABLE towns (id integer);
