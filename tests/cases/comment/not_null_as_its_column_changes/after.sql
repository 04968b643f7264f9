create table t (a bigint, b bigint constraint k5 not null, c bigint not null);
comment on constraint t_c_not_null on t is 'yet another';
