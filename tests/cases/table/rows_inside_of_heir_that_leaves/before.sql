CREATE TABLE top (a integer, b text);
CREATE TABLE changes (c integer) INHERITS (top);
CREATE TABLE stays (c integer) INHERITS (top);
CREATE TABLE holder (x changes[], y stays[], n integer);
