CREATE TABLE salons (id integer, name text, rating numeric(3,2), deleted_at timestamptz);

CREATE VIEW live AS SELECT s.id, name AS "Name" FROM salons s WHERE deleted_at IS NULL;
CREATE VIEW named (two) AS SELECT 1 + 1 AS x;
CREATE VIEW live_rated AS SELECT * FROM salons WHERE rating > 1 WITH CASCADED CHECK OPTION;
CREATE VIEW rated WITH (security_barrier) AS SELECT id, rating FROM live_rated;
COMMENT ON VIEW rated IS 'What is rated.';
CREATE RECURSIVE VIEW countdown (n) AS VALUES (3) UNION ALL SELECT n - 1 FROM countdown WHERE n > 1;
