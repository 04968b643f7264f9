create table m (id integer, d integer) partition by range (d);
create table m1 partition of m for values from (1) to (10);
create table m2 partition of m for values from (10) to (20);
create index foo on m1 (id);
create index m_id on m (id);
