CREATE TABLE top (a integer, b numeric);
CREATE TABLE changes (a integer, b bigint, c integer);
CREATE TABLE stays (a integer, b text, c integer);
CREATE TABLE holder (y stays[], n integer);
