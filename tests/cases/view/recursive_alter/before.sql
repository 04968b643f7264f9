CREATE TABLE t (id integer, name text COLLATE "C");
CREATE VIEW self AS SELECT NULL::integer AS id, NULL::text COLLATE "C" AS name;
CREATE OR REPLACE VIEW self AS SELECT id, name FROM self;
CREATE VIEW first AS SELECT NULL::integer AS id, NULL::text COLLATE "C" AS "Name";
CREATE VIEW second AS SELECT f.id, f."Name" FROM first f;
CREATE OR REPLACE VIEW first AS SELECT s.id, s."Name" FROM second s UNION ALL SELECT id, name FROM t;
CREATE VIEW above AS SELECT id, count(*) AS how_many FROM second GROUP BY id;
COMMENT ON VIEW first IS 'First.';
