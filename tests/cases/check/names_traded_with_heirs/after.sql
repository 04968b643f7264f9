create table r (id int primary key);
create table t (id int, constraint b check (id > 0), constraint c check (id < 9));
create table h (x int, constraint a check (x > 0), constraint d foreign key (x) references r) inherits (t);
create table w (id int, x int, constraint b check (id > 0)) partition by list (id);
create table p partition of w (constraint a check (x > 0)) for values in (1);
