CREATE DOMAIN given AS integer DEFAULT 5;
CREATE TABLE t (a integer, b varchar(20) DEFAULT NULL, c text, d numeric(3,1) DEFAULT NULL::numeric, e integer[], f integer, g text, h given DEFAULT NULL, i interval day to second DEFAULT NULL);
CREATE TABLE p (a integer, k integer DEFAULT 1) PARTITION BY LIST (a);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
ALTER TABLE p1 ALTER k DROP DEFAULT;
