create table parcels (id int primary key, state varchar(20), size varchar(5), note varchar);
create index parcels_open on parcels (id) where state in ('new', 'sent');
create view small as select id from parcels where size in ('s', 'm');
