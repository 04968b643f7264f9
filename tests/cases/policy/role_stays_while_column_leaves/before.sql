CREATE TABLE t (id integer, owner text);
CREATE FUNCTION may(integer) RETURNS boolean STABLE LANGUAGE sql AS 'SELECT true';
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON t FOR SELECT TO pg_monitor USING (may(id) AND owner = current_user);
