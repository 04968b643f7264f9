create table node (id int, k int, up int, up_k int, primary key (id, k)) partition by list (k);
create table node_2 partition of node for values in (2);
create table node_1 (id int constraint node_id_not_null not null,
  k int constraint node_k_not_null not null, up int, up_k int, primary key (id, k));
create table leaf (id int, k int);
