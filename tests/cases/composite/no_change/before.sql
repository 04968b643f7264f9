create type a as (x integer, y timestamptz(3));
