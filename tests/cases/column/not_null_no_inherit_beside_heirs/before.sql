CREATE TABLE h (id integer, a text);
CREATE TABLE c () INHERITS (h);
