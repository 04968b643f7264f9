create type e as enum ('a', 'c');
create table t (x e default 'a' not null, y e[] default '{c}', constraint k check (x in ('a', 'c')));
