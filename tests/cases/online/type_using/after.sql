CREATE TABLE sales (
    id integer PRIMARY KEY,
    cents numeric(12,2) NOT NULL DEFAULT 0,
    tax integer,
    code integer,
    tags text[]
);
CREATE INDEX sales_cents ON sales (cents);
CREATE VIEW dear AS SELECT id FROM sales WHERE cents > 1000;
