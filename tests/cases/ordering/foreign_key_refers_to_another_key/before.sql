create table t(a int not null, b int not null, primary key(a), unique(b));
create table x(a int references t(a));
create table y(a int);
alter table y add constraint y_fk foreign key (a) references t(a) deferrable initially deferred;
