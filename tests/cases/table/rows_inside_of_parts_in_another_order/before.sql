-- A part whose columns stand otherwise than those of the whole, which is made anew.
CREATE TABLE w (a integer, b text) PARTITION BY LIST (a);
CREATE TABLE w1 (b text, a integer);
ALTER TABLE w ATTACH PARTITION w1 DEFAULT;
CREATE TABLE k (n integer PRIMARY KEY, r w1, rs w1[]);
