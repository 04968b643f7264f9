CREATE TABLE t (a int CONSTRAINT u_a_not_null NOT NULL);
CREATE TABLE w (a int NOT NULL);
CREATE TABLE x (a int CONSTRAINT y_b_not_null CHECK (a > 0));
CREATE TABLE y (b int);
CREATE TABLE m (i int, a int CONSTRAINT m_c_not_null NOT NULL);
