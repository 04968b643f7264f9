create table t (id integer, name text, other text default 'x'::text);
