CREATE TRANSFORM FOR integer LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal));
CREATE TABLE t (a int);
CREATE PROCEDURE p(x int) LANGUAGE sql AS 'insert into t values (x)';
CREATE PROCEDURE q(x int) LANGUAGE sql AS 'insert into t values (x)';
CREATE PROCEDURE r(x int) LANGUAGE sql BEGIN ATOMIC INSERT INTO t VALUES (x); END;
CREATE PROCEDURE s(x int) LANGUAGE sql AS 'select 1';
