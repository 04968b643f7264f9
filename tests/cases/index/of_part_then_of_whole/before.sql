create table p (id int, k int, v text) partition by list (k);
create table p1 partition of p for values in (1);
create index p1_v_idx on p1 (v) where v <> '';
create table p2 partition of p for values in (2);
create unique index p2_id_k_idx on p2 (id) include (k);
