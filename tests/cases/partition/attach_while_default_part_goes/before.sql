create table p (id int, k int) partition by list (k);
create table pd partition of p default;
create table q (id int, k int) partition by list (k);
create table qd partition of q default;
create table x (id int, k int);
create table y (id int, k int);
