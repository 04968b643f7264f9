insert into p values (1, 2);
insert into h (a, b, c, z) values (3, 4, 5, 6);
insert into hh (a, b, c, z) values (7, 8, 9, 10);
insert into oo values (11);
insert into left_one values (12, 13);
