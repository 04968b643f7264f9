create table p (k int, m text) partition by range (k);
create table p1 partition of p for values from (0) to (10);
create table p2 partition of p for values from (10) to (20);
alter table p1 add constraint p1_ck check (m <> 'happy');
create index p2_i on p2 (m);
insert into p values (1, 'ok'), (15, 'x');
