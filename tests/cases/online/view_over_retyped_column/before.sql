CREATE TABLE orders (id integer PRIMARY KEY, customer integer, total integer);
CREATE VIEW big AS SELECT id, customer, total FROM orders WHERE total > 100;
GRANT SELECT ON big TO PUBLIC;
