create sequence s;
create table p (id int not null default nextval('s'), d date not null) partition by range (d);
create table p1 partition of p for values from ('2020-01-01') to ('2021-01-01');
create table p2 partition of p for values from ('2021-01-01') to ('2022-01-01');
