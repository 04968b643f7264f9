CREATE TYPE ct AS (a integer, b text, c numeric);
CREATE TABLE t OF ct (a WITH OPTIONS PRIMARY KEY);
CREATE TABLE u (a integer, b text, c numeric);
