create extension citext;
create table t (
  id int primary key, email citext, other citext,
  g boolean generated always as (email is distinct from other) stored,
  constraint c check (email is distinct from other)
);
create function f() returns trigger language plpgsql as $$begin return new; end$$;
create trigger tr before update on t for each row
  when (old.email is distinct from new.email) execute function f();
create index i on t (nullif(email, other));
create view v as select nullif(email, other) as n, case email when 'a' then 1 end as c from t;
create policy p on t using (email is distinct from other);
create domain d as citext check (value is distinct from 'x');
