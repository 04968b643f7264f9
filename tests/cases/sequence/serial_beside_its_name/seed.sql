insert into t (x) values (1), (2);
insert into i default values;
