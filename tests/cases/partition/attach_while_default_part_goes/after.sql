create table p (id int, k int) partition by list (k);
create table q (id int, k int) partition by list (k);
create table qd (id int, k int);
create table x partition of p for values in (1);
create table y partition of q for values in (1);
