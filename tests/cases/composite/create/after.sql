create type address as (street text, city varchar(40) collate "C", "Zip" numeric(5,0), tags text[]);
create type empty as ();
create type nested as (home address, since date);
create table t (a address, n nested[]);
