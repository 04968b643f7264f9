create table p (id bigint generated always as identity, k int not null, n int not null) partition by range (k, n);
create table p3 (id bigint not null, k int not null, n int not null);
alter table p attach partition p3 for values from (0, 0) to (10, 0);
