create table parcels (id int primary key, state varchar(20), size varchar(5));
create table letters (state varchar(20) constraint known check (state in ('new', 'sent')));
