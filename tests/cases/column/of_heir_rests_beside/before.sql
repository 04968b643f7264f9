CREATE TABLE p (a integer, b integer, c text GENERATED ALWAYS AS ((b)::text) STORED);
CREATE TABLE t () INHERITS (p);
CREATE TABLE gone (x integer);
CREATE TABLE u (a gone);
CREATE TABLE q (a text);
