create table old_t (id integer primary key, duration integer not null, b text not null);
