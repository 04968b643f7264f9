CREATE TABLE customers (
    id integer GENERATED ALWAYS AS IDENTITY (START WITH 3 INCREMENT BY 2) PRIMARY KEY,
    name text NOT NULL
);
COMMENT ON INDEX customers_pkey IS 'its index';
COMMENT ON CONSTRAINT customers_pkey ON customers IS 'the key';
CREATE TABLE orders (
    id serial PRIMARY KEY,
    customer integer NOT NULL REFERENCES customers ON DELETE CASCADE ON UPDATE CASCADE,
    previous integer REFERENCES orders,
    number integer UNIQUE DEFERRABLE
);
COMMENT ON CONSTRAINT orders_customer_fkey ON orders IS 'whose';
CREATE INDEX orders_customer_idx ON orders (customer);
CREATE TABLE visits (
    customer integer CONSTRAINT visited REFERENCES customers DEFERRABLE INITIALLY DEFERRED,
    at date,
    PRIMARY KEY (customer, at)
);
