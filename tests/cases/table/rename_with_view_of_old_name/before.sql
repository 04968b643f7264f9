CREATE TABLE people (id int, first text, last text);
CREATE VIEW adults AS SELECT * FROM people;
