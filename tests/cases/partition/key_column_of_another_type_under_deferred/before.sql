CREATE TABLE items (id integer PRIMARY KEY);
CREATE TABLE orders (
    id integer, at integer, item integer, note text,
    CONSTRAINT orders_item FOREIGN KEY (item) REFERENCES items (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT orders_once UNIQUE (id, at) DEFERRABLE INITIALLY DEFERRED
) PARTITION BY RANGE (at);
CREATE TABLE orders_24 PARTITION OF orders FOR VALUES FROM (0) TO (9);
CREATE INDEX orders_note ON orders (note);
