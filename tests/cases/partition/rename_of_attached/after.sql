CREATE TABLE q (
    no bigint CONSTRAINT p_id_not_null NOT NULL,
    at date CONSTRAINT p_at_not_null NOT NULL,
    note text CONSTRAINT p_note_not_null NOT NULL
) PARTITION BY RANGE (at);
CREATE TABLE p1 (
    no bigint CONSTRAINT p1_id_not_null NOT NULL,
    at date NOT NULL,
    note text NOT NULL
);
ALTER TABLE q ATTACH PARTITION p1 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE i2 (a integer CONSTRAINT i_a_not_null NOT NULL);
CREATE TABLE heir (a integer NOT NULL) INHERITS (i2);
