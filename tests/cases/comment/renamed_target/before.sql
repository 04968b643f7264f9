create table t (id integer);
comment on table t is 'T.';
comment on column t.id is 'Id.';
