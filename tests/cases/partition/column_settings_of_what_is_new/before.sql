CREATE TABLE base (id integer);
CREATE TABLE mid () INHERITS (base);
CREATE TABLE leaf () INHERITS (mid);
