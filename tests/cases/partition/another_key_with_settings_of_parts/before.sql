create table p (k int not null, y varchar(20), n int not null) partition by range (k);
create table p1 partition of p for values from (0) to (10);
alter table p1 alter y set storage main, alter y set statistics 5; 
create view v as select y from p1;
