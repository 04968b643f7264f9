create table t(a int, b int, unique(a) deferrable initially deferred);
create table x(a int);
