insert into accounts select generate_series(1, 3);
insert into bookings select i, i % 3 + 1, 'b' || i from generate_series(1, 9) i;
