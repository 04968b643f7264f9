create type a as (x integer, y text, z text);
