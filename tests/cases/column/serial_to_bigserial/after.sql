create table orders (id bigserial primary key, n serial not null, total numeric);
create table lines (order_id bigint references orders, line bigserial);
create view big as select id, total from orders where total > 100;
