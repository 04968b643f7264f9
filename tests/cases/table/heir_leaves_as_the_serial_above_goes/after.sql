CREATE TABLE r6 (b int);
CREATE TABLE r4 (b int, x int);
