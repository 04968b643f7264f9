create type e as enum ('a', 'b', 'c');
create table t (x e default 'b' not null, y e[] default '{b}', constraint k check (x in ('a', 'b')));
