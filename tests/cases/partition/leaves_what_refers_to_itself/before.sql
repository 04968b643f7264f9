create table node (id int, k int, up int, up_k int, primary key (id, k),
  constraint up foreign key (up, up_k) references node (id, k)) partition by list (k);
create table node_1 partition of node for values in (1);
create table node_2 partition of node for values in (2);
create table leaf (id int, k int, constraint node foreign key (id, k) references node);
