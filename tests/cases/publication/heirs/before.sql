CREATE TABLE above (v integer, id integer PRIMARY KEY);
CREATE TABLE heir () INHERITS (above);
CREATE TABLE other () INHERITS (above);
CREATE PUBLICATION moves FOR TABLE ONLY above, ONLY heir;
