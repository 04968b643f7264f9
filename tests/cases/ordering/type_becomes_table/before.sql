create type t as (a int);
