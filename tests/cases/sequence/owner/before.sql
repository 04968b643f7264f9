create table t (a integer, b integer);
create table u (c integer);
create sequence s owned by t.a;
create sequence free owned by t.a;
create sequence other owned by t.a;
