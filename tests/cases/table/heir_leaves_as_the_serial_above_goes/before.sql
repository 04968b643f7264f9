CREATE TABLE r6 (b int, e serial);
CREATE TABLE r4 (x int) INHERITS (r6);
