CREATE TABLE one (e integer, v text);
CREATE TABLE two (e integer, v text);
CREATE TABLE leaves (e bigint, v text);
CREATE TABLE keeps (e integer, v text);
ALTER TABLE keeps ALTER e SET STATISTICS 69, ALTER v SET (n_distinct = 4);
CREATE TABLE moves (e integer, v text) INHERITS (two);
CREATE TABLE w (e integer, v text) PARTITION BY LIST (e);
CREATE TABLE part (e integer, v text);
