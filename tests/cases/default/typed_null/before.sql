CREATE DOMAIN given AS integer DEFAULT 5;
CREATE TABLE t (a integer, b varchar(20) DEFAULT NULL::varchar, c text DEFAULT 'x', d numeric(3,1) DEFAULT NULL::numeric, e integer[], g text, i interval day to second);
CREATE TABLE p (a integer, k integer DEFAULT 1) PARTITION BY LIST (a);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
