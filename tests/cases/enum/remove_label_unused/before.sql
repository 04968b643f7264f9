create type mood as enum ('a', 'b', 'c');
comment on type mood is 'How it is.';
