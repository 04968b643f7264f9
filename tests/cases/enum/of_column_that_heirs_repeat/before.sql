create type mood as enum ('sad', 'glad');
create table p (m mood not null, l mood[]);
create table h (m mood, z int) inherits (p);
alter table h alter m set default 'glad';
create table hh (l mood[]) inherits (h);
create table otherwise (m mood not null, l mood[]) inherits (p);
create index on hh (m);
