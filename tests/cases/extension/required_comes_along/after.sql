CREATE EXTENSION earthdistance CASCADE;
CREATE TABLE places (id integer, at cube);
