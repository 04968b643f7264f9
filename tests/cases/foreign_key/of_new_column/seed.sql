insert into orders values (1), (2);
insert into invoices values (1);
