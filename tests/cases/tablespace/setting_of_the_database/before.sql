CREATE TABLESPACE fast LOCATION '';
CREATE TABLE t (id integer PRIMARY KEY);
ALTER DATABASE own SET default_tablespace = 'fast';
