create table t (id int, c text not null default '7');
create table h (x t, y int);
create table u (id int, c text default '7');
