create table t (id integer);
create view v as select id, id + 1 as next from t;
comment on column v.next is 'The next.';
