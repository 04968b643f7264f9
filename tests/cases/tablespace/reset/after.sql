CREATE TABLESPACE fast LOCATION '';
CREATE TABLESPACE slow LOCATION '';
CREATE TABLE orders (id integer PRIMARY KEY, total integer);
CREATE INDEX orders_total_idx ON orders (total);
