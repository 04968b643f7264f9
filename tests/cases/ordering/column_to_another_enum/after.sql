create type e2 as enum('a','b','c');
create table t(x e2 default 'a', check (x <> 'b'));
