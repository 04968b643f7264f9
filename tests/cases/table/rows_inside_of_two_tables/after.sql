CREATE TABLE p (a integer, renamed text, m text, s text);
CREATE TABLE q (x integer, y text, n text, s text);
CREATE TABLE h (own bigint, o text) INHERITS (p, q);
CREATE TABLE below (z integer, zz text) INHERITS (h);
CREATE TABLE holds (id integer, v h, w h[], u below);
