create domain name as text collate "C" check (value <> '');
create table t (name name primary key, names name[]);
create view v as select name from t order by name;
