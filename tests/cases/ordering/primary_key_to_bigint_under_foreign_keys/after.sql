create table p(id bigint primary key);
create table c(id bigint primary key, p bigint references p(id) on delete cascade deferrable);
create table d(p bigint references p, q bigint references c);
create view v as select p.id, c.id as cid from p join c on p.id=c.p;
comment on constraint c_p_fkey on c is 'hello';
