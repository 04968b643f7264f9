insert into items values (10), (25);
