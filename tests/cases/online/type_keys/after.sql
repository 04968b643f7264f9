CREATE TABLE customers (
    name text NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY (START WITH 3 INCREMENT BY 2) PRIMARY KEY
);
COMMENT ON INDEX customers_pkey IS 'its index';
COMMENT ON CONSTRAINT customers_pkey ON customers IS 'the key';
CREATE TABLE orders (
    id bigserial PRIMARY KEY,
    customer bigint NOT NULL REFERENCES customers ON DELETE CASCADE ON UPDATE CASCADE,
    previous bigint REFERENCES orders,
    number bigint UNIQUE DEFERRABLE
);
COMMENT ON CONSTRAINT orders_customer_fkey ON orders IS 'whose';
CREATE INDEX orders_customer_idx ON orders (customer);
CREATE TABLE visits (
    customer integer CONSTRAINT visited REFERENCES customers DEFERRABLE INITIALLY DEFERRED,
    at date,
    PRIMARY KEY (customer, at)
);
