-- What is printed of IN, and is read as something else when it is said again as it is printed.
create domain grade as varchar check (value in ('a', 'b'));
create table parcels (
  id int primary key,
  state varchar(20) check (state in ('new', 'sent', 'lost')),
  size varchar(5) check (size not in ('xl', 'xxl')),
  note varchar,
  grade grade,
  fragile boolean generated always as (note in ('glass', 'china')) stored
);
create index parcels_open on parcels (id) where state in ('new', 'sent');
create unique index parcels_lost on parcels (note) where state in ('lost', 'found');
create view small as select id, note from parcels where size in ('s', 'm');
alter table parcels enable row level security;
create policy seen on parcels using (state in ('new', 'sent'));
