create table w (id int not null, x int) partition by list (x);
create table p partition of w for values in (1);
alter table w alter id drop not null;
alter table p add constraint p_pkey primary key (id);
