CREATE TABLE events (
    id integer NOT NULL,
    at date NOT NULL,
    amount integer NOT NULL DEFAULT 7,
    size numeric(9,3) CONSTRAINT events_size CHECK (size > 0),
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE events_rest PARTITION OF events DEFAULT PARTITION BY LIST (id);
CREATE TABLE events_rest_all PARTITION OF events_rest DEFAULT;
CREATE INDEX events_at ON events (at);
CREATE VIEW large AS SELECT id, amount FROM events WHERE amount > 100;
COMMENT ON COLUMN events.amount IS 'an amount';
GRANT SELECT (amount) ON events TO PUBLIC;
