CREATE TYPE old AS (a integer, c bigint);
CREATE TYPE stays AS (n integer, m text);
CREATE TABLE one OF old;
CREATE TABLE two OF stays;
CREATE TABLE three (e integer PRIMARY KEY, b text, d integer);
CREATE TABLE holder (x old);
