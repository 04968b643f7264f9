create table t (id integer primary key, minutes integer not null, b text not null);
