CREATE TABLE above (a uuid);
CREATE TABLE heir (d int) INHERITS (above);
ALTER TABLE heir ADD PRIMARY KEY (d, a);
