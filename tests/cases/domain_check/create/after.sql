create domain a as integer constraint low check (value > 0) constraint "High One" check (value < 10);
create table t (a a);
comment on constraint low on domain a is 'Above zero.';
