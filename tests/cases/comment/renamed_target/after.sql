create table u (no integer);
comment on table u is 'T.';
comment on column u.no is 'No.';
