CREATE TYPE stays AS (n integer, m text);
CREATE TYPE fresh AS (b text, d integer);
CREATE TABLE one OF fresh;
CREATE TABLE two OF fresh;
CREATE TABLE three OF fresh;
