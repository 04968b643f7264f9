-- A part calls it otherwise than the whole, and its own parts, which come first by name, than it.
create table p (id int, a int not null, b int constraint bb not null) partition by list (id);
create table z (id int, a int constraint mine not null, b int constraint bc not null)
    partition by list (a);
create table a1 (id int, a int not null, b int constraint bb not null);
create table a2 (id int, a int not null, b int not null) partition by list (b);
create table a2a (id int, a int constraint mine not null, b int constraint bc not null);
alter table a2 attach partition a2a default;
alter table z attach partition a1 for values in (1);
alter table z attach partition a2 default;
alter table p attach partition z for values in (2);
create foreign data wrapper w;
create server s foreign data wrapper w;
create foreign table f (id int, a int constraint af not null, b int not null) server s;
alter table p attach partition f for values in (3);
create foreign table g partition of p (b constraint bg not null) for values in (4) server s;
