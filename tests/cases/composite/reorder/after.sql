create type a as (y text, x integer);
comment on type a is 'A.';
