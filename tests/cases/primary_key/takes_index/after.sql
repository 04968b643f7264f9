create table t (a integer, b integer, primary key (a, b)); alter table t cluster on t_pkey;
