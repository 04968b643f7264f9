create domain a as numeric(6,2) default 1.5 not null check (value > 0::numeric);
