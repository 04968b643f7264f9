CREATE ROLE app_old;
CREATE ROLE app_reader;
CREATE TABLE orders (id integer PRIMARY KEY, kept integer);
ALTER TABLE orders OWNER TO app_old;
GRANT SELECT ON orders TO app_reader;
INSERT INTO orders VALUES (1, 2);
