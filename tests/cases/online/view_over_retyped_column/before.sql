CREATE TABLE orders (id integer PRIMARY KEY, customer integer, total integer);
CREATE VIEW big AS SELECT id, customer, total FROM orders WHERE total > 100;
GRANT SELECT ON big TO PUBLIC;
CREATE VIEW up AS WITH RECURSIVE up (total) AS (SELECT total FROM orders UNION SELECT total FROM up) SELECT total FROM up;
