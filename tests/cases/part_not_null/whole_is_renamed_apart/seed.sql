insert into p values (1, 1), (2, 2), (3, 3);
insert into k values (1), (2);
insert into hi values (1);
insert into h1 values (2);
insert into h2 values (3);
insert into s1 values (4, 5);
