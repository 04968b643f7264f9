create table top (e int, c date);
create table heir (b int) inherits (top);
create publication p for table top (e) where (c is not null);
