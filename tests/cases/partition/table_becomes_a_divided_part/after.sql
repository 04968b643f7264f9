create table p (b int, g int) partition by list (g);
create table r4 partition of p for values in (1) partition by range (b);
alter table r4 alter column g set not null;
create table q (b int, g int) partition by list (g);
create table r5 partition of q default partition by range (b);
alter table r5 alter column g set not null;
alter table q add primary key (b, g);
