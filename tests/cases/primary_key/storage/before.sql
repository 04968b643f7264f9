CREATE TABLE t (a integer NOT NULL, b integer NOT NULL, c text);
ALTER TABLE t ADD PRIMARY KEY (a);
