CREATE TABLE c (a int, b text); CREATE TYPE k AS (a int, b text); CREATE TABLE n (x k, y c);
