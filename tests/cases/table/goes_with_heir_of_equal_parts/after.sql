CREATE TABLE stays (n integer);
