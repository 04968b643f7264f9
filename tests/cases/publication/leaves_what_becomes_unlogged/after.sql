create unlogged table t (a int primary key); create unlogged table u (a int primary key); create table w (a int primary key);
create publication q for table w;
