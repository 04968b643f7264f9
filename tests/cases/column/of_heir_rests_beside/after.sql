CREATE TABLE p (a integer, b integer);
CREATE TABLE t (a integer, c text);
CREATE SEQUENCE gone;
CREATE TABLE q (a text);
CREATE TABLE u (a text) INHERITS (q);
CREATE TABLE kept (a text);
