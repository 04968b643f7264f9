create table p (k int, m text) partition by range (k);
create table p1 partition of p for values from (0) to (12);
create table p2 partition of p for values from (12) to (20);
alter table p1 add constraint p1_ck check (m <> 'sad');
create index p2_i on p2 (m, k);
