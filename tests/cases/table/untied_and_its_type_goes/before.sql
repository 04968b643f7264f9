create type c as (a int, b text); create table t of c; create table h(z int) inherits (t);
