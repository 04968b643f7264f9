CREATE TABLE u (a int NOT NULL);
CREATE TABLE old (a int NOT NULL);
CREATE TABLE w (a int NOT NULL, b text NOT NULL);
CREATE TABLE x (a int CONSTRAINT y_b_not_null CHECK (a > 0));
CREATE TABLE y (b int);
ALTER TABLE y ADD CONSTRAINT y_b_not_null NOT NULL b;
CREATE TABLE a_b (c int NOT NULL);
CREATE TABLE a (b_c int CONSTRAINT a_b_c_not_null NOT NULL);
CREATE TABLE m (i int, c int NOT NULL);
