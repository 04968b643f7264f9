create table t (a int primary key); create table u (a int primary key); create table w (a int primary key);
create publication p for table t; create publication q for table u, w;
