create extension citext;
comment on extension citext is 'ours';
