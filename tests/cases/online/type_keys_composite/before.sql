CREATE TABLE shops (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text);
CREATE TABLE orders (
    shop integer NOT NULL REFERENCES shops,
    id serial,
    parent integer,
    PRIMARY KEY (shop, id),
    CONSTRAINT orders_within FOREIGN KEY (shop, parent) REFERENCES orders (shop, id)
);
CREATE TABLE lines (
    shop integer,
    order_id integer,
    n integer,
    PRIMARY KEY (shop, order_id, n),
    CONSTRAINT lines_order FOREIGN KEY (shop, order_id) REFERENCES orders
        ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX lines_open ON lines (order_id DESC NULLS LAST, shop) WHERE n > 0;
CREATE VIEW totals AS
    SELECT o.shop, o.id, count(l.n) AS n FROM orders o LEFT JOIN lines l
    ON l.shop = o.shop AND l.order_id = o.id GROUP BY o.shop, o.id;
CREATE VIEW busy AS SELECT shop, sum(n) AS n FROM totals GROUP BY shop;
