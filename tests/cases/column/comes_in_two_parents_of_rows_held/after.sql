CREATE TABLE p0 (id int, z int);
CREATE TABLE p1 (id int, a int GENERATED ALWAYS AS (id * 2) STORED, n int, z int, y int);
CREATE TABLE p2 (id int, b int GENERATED ALWAYS AS (id + n) STORED, n int, y int);
CREATE TABLE heir (own int, z int, y int) INHERITS (p0, p1, p2);
CREATE TABLE u (one heir, many heir[]);
