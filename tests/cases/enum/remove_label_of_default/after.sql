create type e as enum ('a', 'c');
create table t (x e default 'a' not null, y e[] default '{c}',
    g e generated always as (case when x = 'a' then 'a'::e else 'c'::e end) stored, constraint k check (x in ('a', 'c')));
