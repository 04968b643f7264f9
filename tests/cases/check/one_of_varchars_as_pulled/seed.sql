insert into parcels values (1, 'new', 's'), (2, 'sent', 'm');
