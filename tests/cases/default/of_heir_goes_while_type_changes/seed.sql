insert into a values (1);
insert into d values (2);
insert into p (k) values (1);
