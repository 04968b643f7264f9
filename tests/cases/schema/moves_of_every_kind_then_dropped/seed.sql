insert into old.u (e, c) values ('a', 1);
