create type inner_type as (a integer, b text);
create type sorted as (a text, b integer);
comment on type inner_type is 'Inside.';
create type outer_type as (i inner_type, n integer);
create domain checked as inner_type check ((value).a > 0);
create table t (id integer, i inner_type default row(1, 'x'), many inner_type[], o outer_type, c checked, s sorted);
create index t_i on t (((i).a));
create view v as select (i).a, (o).i from t;
create function f(inner_type) returns outer_type language sql as 'select row($1, 1)::public.outer_type';
