create table t (a integer constraint has_a not null, b integer not null, c integer, d integer constraint has_d not null);
