insert into heir values (5);
