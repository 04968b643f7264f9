CREATE TABLE sales (
    id integer PRIMARY KEY,
    cents integer NOT NULL DEFAULT 0,
    tax integer,
    code text,
    tags text
);
CREATE INDEX sales_cents ON sales (cents);
CREATE VIEW dear AS SELECT id FROM sales WHERE cents > 1000;
