CREATE ROLE app_new;
CREATE ROLE app_writer;
CREATE TABLE orders (id integer PRIMARY KEY, kept integer);
ALTER TABLE orders OWNER TO app_new;
GRANT SELECT, INSERT ON orders TO app_writer;
