insert into heir values (5);
insert into heir_of_c values (5);
insert into heir_of_d values (5);
