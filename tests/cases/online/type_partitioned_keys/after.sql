CREATE SEQUENCE events_id_seq AS integer;
CREATE TABLE events (
    id bigint NOT NULL DEFAULT nextval('events_id_seq'),
    at date NOT NULL,
    kind integer NOT NULL,
    amount bigint,
    PRIMARY KEY (id, at, kind),
    CONSTRAINT events_once UNIQUE (kind, at, id) INCLUDE (amount)
) PARTITION BY RANGE (at);
ALTER SEQUENCE events_id_seq OWNED BY events.id;
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE events_rest PARTITION OF events DEFAULT PARTITION BY LIST (kind);
CREATE TABLE events_rest_all PARTITION OF events_rest DEFAULT;
CREATE INDEX events_amount ON events (amount DESC, kind) WHERE amount > 10;
CREATE UNIQUE INDEX events_doubled ON events (kind, at, id, (amount * 2));
CREATE VIEW large AS SELECT id, amount FROM events WHERE amount > 100;
COMMENT ON CONSTRAINT events_once ON events IS 'a key';
