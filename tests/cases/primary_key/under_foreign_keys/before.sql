CREATE TABLE t (a integer NOT NULL, b integer NOT NULL, c text);
ALTER TABLE t ADD PRIMARY KEY (a);
CREATE TABLE u (a integer, b integer, CONSTRAINT u_fkey FOREIGN KEY (a) REFERENCES t);
