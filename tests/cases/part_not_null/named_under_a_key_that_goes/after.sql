create table w (id int, x int) partition by list (x);
create table p partition of w for values in (1);
alter table p add constraint mine not null id;
