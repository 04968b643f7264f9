create table p (a bigint primary key, b int);
create table h (a bigint not null, b int, c int) inherits (p);
create table hh (a bigint, b int, c int, primary key (a)) inherits (h);
create table refers (a bigint references p, hh bigint references hh);
create table n (x numeric, y bigint generated always as identity);
create table part (x numeric not null, y bigint not null) inherits (n);
create table below_part (x numeric not null) inherits (part);
