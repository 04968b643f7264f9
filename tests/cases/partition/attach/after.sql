CREATE TABLE r (id integer PRIMARY KEY);
CREATE TABLE p (a integer NOT NULL, b text, r integer REFERENCES r, more integer DEFAULT 1, PRIMARY KEY (a), CONSTRAINT c CHECK (a > 0)) PARTITION BY RANGE (a);
CREATE INDEX p_b_idx ON p (b);
CREATE TABLE t (a integer NOT NULL, b text, r integer REFERENCES r, more integer DEFAULT 1, PRIMARY KEY (a), CONSTRAINT c CHECK (a > 0));
CREATE INDEX t_b_idx ON t (b);
CREATE INDEX mine ON t (a, b);
ALTER TABLE p ATTACH PARTITION t FOR VALUES FROM (1) TO (10);
