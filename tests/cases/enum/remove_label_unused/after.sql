create type mood as enum ('c', 'a');
comment on type mood is 'How it is.';
