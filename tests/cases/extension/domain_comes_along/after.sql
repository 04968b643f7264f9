CREATE EXTENSION cube;
CREATE EXTENSION earthdistance;
CREATE TABLE places (id integer, at earth);
CREATE TABLE towns (id integer, "within" cube, corners earth[]);
