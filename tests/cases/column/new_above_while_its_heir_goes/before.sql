create table above (a int);
create table heir (d numeric(8,2)) inherits (above);
