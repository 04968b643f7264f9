CREATE TABLE w (a integer, b text, c integer) PARTITION BY RANGE (a);
CREATE TABLE w1 PARTITION OF w DEFAULT;
CREATE TABLE k (n integer PRIMARY KEY, r w1, rs w1[]);
