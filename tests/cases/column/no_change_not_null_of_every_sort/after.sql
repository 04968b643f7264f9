create table t (a integer not null no inherit, b integer, id serial constraint i not null, k integer generated always as identity constraint "true" not null, p integer constraint p not null);
alter table t add constraint has_b not null b not valid;
comment on constraint t_a_not_null on t is 'one';
comment on constraint i on t is 'two';
