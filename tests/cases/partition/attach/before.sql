CREATE TABLE r (id integer PRIMARY KEY);
CREATE TABLE p (a integer NOT NULL, b text, r integer REFERENCES r, PRIMARY KEY (a)) PARTITION BY RANGE (a);
CREATE INDEX p_b_idx ON p (b);
CREATE TABLE t (a integer NOT NULL, b varchar(20), gone integer, PRIMARY KEY (a));
CREATE INDEX t_b_idx ON t (b);
CREATE INDEX mine ON t (a, b);
