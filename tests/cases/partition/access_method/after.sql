create access method second type table handler heap_tableam_handler;
create table t (a int) partition by list (a); create table t1 partition of t for values in (1) using second;
create table u (a int) partition by list (a) using heap; create table u1 partition of u for values in (1);
create table w (a int) partition by list (a) using heap; create table w1 partition of w for values in (1) using second;
