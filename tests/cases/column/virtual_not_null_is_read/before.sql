create table t (a int, v int generated always as (a * 2));
