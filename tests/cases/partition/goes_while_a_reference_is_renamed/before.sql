create table p (k int primary key, v int) partition by range (k);
create table p1 partition of p for values from (0) to (10);
create table p2 partition of p for values from (10) to (20);
create table f (a int constraint k references p);
