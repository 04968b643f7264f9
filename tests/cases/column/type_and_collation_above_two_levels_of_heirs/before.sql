CREATE TYPE hue AS ENUM ('r', 'g');
CREATE COLLATION nat (locale = 'C');
CREATE DOMAIN kode AS text CHECK (VALUE <> '');
CREATE TABLE above (b hue DEFAULT 'r', n text COLLATE nat, k kode, bs hue[]);
CREATE TABLE heir (d integer) INHERITS (above);
CREATE TABLE below () INHERITS (heir);
CREATE TABLE whole (b hue, k kode, id integer) PARTITION BY RANGE (id);
CREATE TABLE part PARTITION OF whole FOR VALUES FROM (0) TO (9) PARTITION BY LIST (id);
CREATE TABLE part_of_part PARTITION OF part FOR VALUES IN (1);
