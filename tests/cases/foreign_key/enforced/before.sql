create table r (id integer primary key);
create table t (id integer primary key, r integer constraint fk references r on delete cascade not enforced, s integer constraint back references r);
