insert into sold values (1, row(1, 'EUR'), row(2, 'EUR'), 'x');
