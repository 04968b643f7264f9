CREATE TABLE event (id bigint, at date, extra text) PARTITION BY RANGE (at);
CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE event_2023 (id integer, at date, note text);
CREATE INDEX event_extra_idx ON event (extra);
