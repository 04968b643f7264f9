create table p (k int, v text, w text) partition by range (k);
create table p1 partition of p for values from (0) to (10);
create index p1_own on p1 (v);
create index p_w_idx on p (w);
create table q (k int) partition by range (k);
create table a partition of q for values from (0) to (10) partition by range (k);
create table a1 partition of a for values from (0) to (10);
