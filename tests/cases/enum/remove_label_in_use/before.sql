create type mood as enum ('sad', 'gone', 'ok', 'happy');
comment on type mood is 'How it is.';
grant usage on type mood to pg_monitor;
revoke usage on type mood from public;
create domain good_mood as mood not null check (value <> 'sad');
comment on domain good_mood is 'Not sad.';
create type pair as (first mood, second mood[], note text);
comment on type pair is 'Two.';
create function is_ok(mood) returns boolean language sql immutable as $$ select $1::text = 'ok' $$;
comment on function is_ok(mood) is 'Whether it is.';
create function best() returns mood language sql immutable as $$ select 'happy'::public.mood $$;
create table person (
    id integer primary key,
    mood mood default 'ok',
    other mood not null default best(),
    many mood[] default '{ok,happy}',
    good good_mood,
    pair pair,
    pairs pair[],
    upper text generated always as (case mood when 'ok' then 'OK' else 'other' end) stored,
    constraint differ check (mood <> other or mood = 'ok'),
    constraint same check (mood is null or other >= mood)
);
comment on column person.mood is 'Now.';
create index person_mood on person (mood, id);
comment on index person_mood is 'By mood.';
create index person_happy on person (id) where mood = 'happy';
create index person_ok on person ((is_ok(mood)));
create table moods (mood mood primary key, name text);
create table entry (
    id integer,
    mood mood references moods,
    by integer references person (id)
);
alter table entry enable row level security;
create policy not_sad on entry using (mood <> 'sad');
comment on policy not_sad on entry is 'Hidden.';
create function touched() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger on_ok before update of mood on entry
    for each row when (new.mood = 'ok') execute function touched();
create view ok_people as select id, mood, pair from person where mood = 'ok';
comment on view ok_people is 'All is well.';
grant select on ok_people to pg_monitor;
create view ok_ids with (security_barrier = true) as select id from ok_people;
create materialized view by_mood as select mood, count(*) as n from person group by mood;
create unique index by_mood_mood on by_mood (mood);
