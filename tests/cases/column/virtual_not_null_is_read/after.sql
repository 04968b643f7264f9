create table t (a int, v int generated always as (a * 2) not null,
    w text generated always as ('w') not null);
