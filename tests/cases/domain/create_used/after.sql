create type mood as enum ('a', 'b');
create domain good_mood as mood default 'a' check (value <> 'b'::mood);
create domain better as good_mood;
create table t (m better);
