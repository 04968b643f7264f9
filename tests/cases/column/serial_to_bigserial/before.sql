create table orders (id serial primary key, n smallserial not null, total numeric);
create table lines (order_id integer references orders, line serial);
create view big as select id, total from orders where total > 100;
