CREATE TYPE pt AS (x integer, y integer);
CREATE DOMAIN dpt AS pt;
CREATE TYPE rg AS RANGE (SUBTYPE = pt, MULTIRANGE_TYPE_NAME = rgs);
CREATE DOMAIN drg AS rg;
CREATE TABLE t (
    id integer PRIMARY KEY,
    p dpt[],
    r rg,
    rs rg[],
    m rgs,
    ms rgs[],
    ds drg[]
);
