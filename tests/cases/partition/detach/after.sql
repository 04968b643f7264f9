CREATE TABLE r (id integer PRIMARY KEY);
CREATE TABLE t (a bigint, b text DEFAULT 'q', r integer, UNIQUE (a), CONSTRAINT c CHECK (a > 0), CONSTRAINT p_r_fkey FOREIGN KEY (r) REFERENCES r);
CREATE INDEX t_b_idx ON t (b);
