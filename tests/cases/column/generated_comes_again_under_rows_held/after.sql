create table p (id int, c int, b text generated always as (c::text || 'x') stored);
create table h (id int, r p);
