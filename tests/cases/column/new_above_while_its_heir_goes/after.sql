create table above (a int, d numeric);
