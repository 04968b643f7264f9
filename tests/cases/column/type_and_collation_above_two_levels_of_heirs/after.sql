CREATE TYPE color AS ENUM ('r', 'g');
CREATE COLLATION natural_order (locale = 'C');
CREATE DOMAIN code AS text CHECK (VALUE <> '');
CREATE TABLE above (b color DEFAULT 'r', n text COLLATE natural_order, k code, bs color[]);
CREATE TABLE heir (d integer) INHERITS (above);
CREATE TABLE below () INHERITS (heir);
CREATE TABLE whole (b color, k code, id integer) PARTITION BY RANGE (id);
CREATE TABLE part PARTITION OF whole FOR VALUES FROM (0) TO (9) PARTITION BY LIST (id);
CREATE TABLE part_of_part PARTITION OF part FOR VALUES IN (1);
