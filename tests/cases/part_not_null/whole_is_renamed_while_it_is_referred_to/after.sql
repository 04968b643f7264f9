create function f() returns trigger language plpgsql as 'begin return new; end';
create table t (
    a int, b int, up int, constraint named not null b, primary key (a, b),
    constraint self foreign key (a, up) references t deferrable initially deferred
) partition by list (a);
create trigger ft before insert on t for each row execute function f();
create trigger fu after update on t for each row execute function f();
create table t1 (a int not null, b int constraint named not null, up int);
alter table t attach partition t1 for values in (1);
create table t2 (a int not null, b int constraint named not null, up int) partition by list (b);
create table t2d partition of t2 default;
alter table t attach partition t2 for values in (2);
create table t3 partition of t default;
alter table t1 disable trigger ft;
alter table t2 enable replica trigger ft;
alter table t2d enable always trigger ft;
alter table t1 add constraint own foreign key (a, up) references t;
create table u (a int, b int, constraint ut foreign key (a, b) references t on delete cascade);
comment on constraint ut on u is 'said';
create table w (a int, b int, foreign key (a, b) references t) partition by list (a);
create table w1 partition of w default;
create table x (a int, b int, constraint xu foreign key (a, b) references t not enforced);
alter table x add constraint xt foreign key (a, b) references t not valid;
create table y (a int, b int, foreign key (a, b) references t1);
