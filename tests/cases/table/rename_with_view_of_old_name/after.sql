CREATE TABLE persons (id int, first text, last text);
CREATE VIEW adults AS SELECT * FROM persons;
CREATE VIEW people AS SELECT id, first || last AS name FROM persons;
