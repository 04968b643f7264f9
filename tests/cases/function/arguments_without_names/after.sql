-- PostgreSQL prints $1 as "" where others have names, and cannot read that.
CREATE FUNCTION f(int) RETURNS TABLE (a int, b int) BEGIN ATOMIC SELECT $1, $1 + 1; END;
CREATE FUNCTION g(int, b int) RETURNS int RETURN $1 + b;
CREATE FUNCTION "g h"(a int, int, int) RETURNS int BEGIN ATOMIC SELECT s.b + $3 + a FROM (SELECT 1 AS b) AS s; END;
CREATE FUNCTION o(OUT o int, int, int) BEGIN ATOMIC SELECT $1 + $2; END;
CREATE FUNCTION quoted(int, b text) RETURNS text RETURN '{PARAM :paramkind 0 :paramid 2 "" $2' || b || $1;
CREATE PROCEDURE p(int, b int) BEGIN ATOMIC VALUES ($1, b); END;
