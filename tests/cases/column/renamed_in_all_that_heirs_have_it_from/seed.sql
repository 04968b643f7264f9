insert into p values (1, 2);
insert into h (a, b, c) values (3, 4, 5);
insert into hh (a, b, c) values (6, 7, 8);
insert into beside (a, b) values (9, 10);
insert into gf (n) values (3);
