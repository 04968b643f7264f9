create table t (a integer constraint has_a not null, b integer constraint has_b not null, c integer constraint has_c not null, d integer not null, e integer default 1 constraint has_e not null);
