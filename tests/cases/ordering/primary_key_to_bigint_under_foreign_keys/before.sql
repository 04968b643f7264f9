create table p(id int primary key);
create table c(id int primary key, p int references p(id) on delete cascade deferrable);
create table d(p int references p, q int references c);
create view v as select p.id, c.id as cid from p join c on p.id=c.p;
comment on constraint c_p_fkey on c is 'hello';
