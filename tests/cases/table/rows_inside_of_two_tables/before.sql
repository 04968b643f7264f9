CREATE TABLE p (a integer, b text);
CREATE TABLE q (x integer, y text);
CREATE TABLE h (own integer) INHERITS (p, q);
CREATE TABLE below (z integer) INHERITS (h);
CREATE TABLE holds (id integer, v h, w h[], u below);
