CREATE PROCEDURE tidy(days int, INOUT gone bigint DEFAULT 0) LANGUAGE plpgsql AS 'begin gone := days; end';
