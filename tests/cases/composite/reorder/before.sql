create type a as (x integer, y text);
comment on type a is 'A.';
