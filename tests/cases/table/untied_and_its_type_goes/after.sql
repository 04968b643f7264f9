create table t(a int, b text, d int); create table h(z int) inherits (t);
