create table t (a int constraint k3 not null, b int constraint k4 not null, c int not null);
comment on constraint k3 on t is 'goes';
comment on constraint k4 on t is 'goes alone';
comment on constraint t_c_not_null on t is 'another';
