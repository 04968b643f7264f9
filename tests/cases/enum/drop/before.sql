create type mood as enum ('sad');
create type kept as enum ('a');
