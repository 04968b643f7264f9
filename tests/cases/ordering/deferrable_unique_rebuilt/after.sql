create table t(a int, b int, constraint t_a_key unique(a,b) deferrable initially deferred);
create table x(a int);
