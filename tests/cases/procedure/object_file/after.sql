CREATE PROCEDURE h() LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
CREATE PROCEDURE becomes_c() LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
