-- A table that was once renamed: its sequence is called after what is a view now.
create table measures (
  id bigint generated always as identity (sequence name readings_id_seq), taken date not null
) partition by range (taken);
create table readings_2024 (
  id bigint constraint readings_id_not_null not null,
  taken date constraint readings_taken_not_null not null
);
alter table measures attach partition readings_2024
  for values from ('2024-01-01') to ('2025-01-01');
create view readings as select id, taken from measures;
create sequence tickets_id_seq;
