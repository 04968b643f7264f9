create table t (a integer, b integer, c integer, primary key (a, b, c));
