create table t (b integer, c integer, d integer, a text);
