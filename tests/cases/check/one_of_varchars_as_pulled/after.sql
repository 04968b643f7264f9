-- Written by pull: the server's own words of IN, from a database that was made with IN.
create table parcels (
  id int primary key, state varchar(20) check (state in ('new', 'sent', 'lost')), size varchar(5)
);
create table letters (state varchar(20) constraint known check (state in ('new', 'sent')));
create index parcels_open on parcels (id) where state in ('new', 'sent');
create view small as select id from parcels where size in ('s', 'm');
