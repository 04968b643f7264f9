create schema x; create schema y;
create table x.t (id int, n text);
create table y.t (id int, n text);
create statistics y.s on id, n from x.t;
create statistics x.s on id, n from y.t;
comment on statistics y.s is 'of x.t';
create statistics y.chain on id, n from x.t;
create statistics public.chain on id, n from y.t;
