insert into orders (total) values (50), (500);
insert into lines (order_id) values (1), (2), (2);
