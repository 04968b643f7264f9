create type e as enum ('a', 'b', 'c');
create table t (x e default 'b' not null, y e[] default '{b}',
    g e generated always as (case when x = 'a' then 'a'::e else 'b'::e end) stored, constraint k check (x in ('a', 'b')));
