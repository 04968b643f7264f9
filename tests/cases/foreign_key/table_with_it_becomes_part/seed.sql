insert into customer values (1);
insert into sale values (1, 1, 1);
insert into sale_2 values (1, 2, 1);
