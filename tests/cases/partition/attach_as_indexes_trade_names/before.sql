CREATE TABLE log (n integer, note text);
CREATE TABLE deep (n integer, note text) PARTITION BY HASH (n);
CREATE TABLE deeper PARTITION OF deep FOR VALUES WITH (MODULUS 1, REMAINDER 0);
CREATE TABLE twin (f integer);
