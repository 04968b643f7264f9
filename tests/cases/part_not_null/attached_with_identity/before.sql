create table p (id int generated always as identity, v int not null, primary key (id)) partition by range (id);
create table p1 (id int constraint c not null, v int constraint c1 not null);
alter table p attach partition p1 for values from (0) to (10);
alter table p1 replica identity full;
alter table p replica identity using index p_pkey;
grant select (id) on p1 to public;
create policy pol on p1 for select using (true);
create publication pub for table p1;
