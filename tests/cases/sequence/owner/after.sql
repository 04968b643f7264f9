create table t (a integer, b integer);
create table u (c integer);
create sequence s owned by t.b;
create sequence free;
create sequence other owned by u.c;
