CREATE PROCEDURE h() LANGUAGE c AS 'plpgsql', 'plpgsql_call_handler';
CREATE PROCEDURE becomes_c() LANGUAGE sql AS 'select 1';
