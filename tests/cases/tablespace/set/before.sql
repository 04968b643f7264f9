CREATE TABLESPACE fast LOCATION '';
CREATE TABLESPACE slow LOCATION '';
CREATE TABLE orders (id integer PRIMARY KEY, total integer UNIQUE, room int4range, EXCLUDE USING gist (room WITH &&));
CREATE INDEX orders_total_idx ON orders (total);
CREATE INDEX orders_odd_idx ON orders ((total + 1)) WHERE total > 1;
CREATE MATERIALIZED VIEW sums AS SELECT sum(total) AS total FROM orders;
