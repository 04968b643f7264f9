create schema x; create schema y;
create table x.t (id int, n text);
create table y.t (id int, n text);
create statistics x.s on id, n from x.t;
create statistics y.s on id, n from y.t;
comment on statistics x.s is 'of x.t';
-- One takes the name of another, which goes on to a third schema.
create statistics x.chain on id, n from x.t;
create statistics y.chain on id, n from y.t;
