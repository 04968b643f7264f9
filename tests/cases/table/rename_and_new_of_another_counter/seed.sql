insert into entries (a) values (1), (2);
insert into events (a) values (1), (2);
