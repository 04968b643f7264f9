insert into h values (1, 2, 'h', 3);
insert into hh values (4, 5, 'hh', 6, 7, 8);
insert into w1 values (9, 10, 'w');
insert into k select h, array[hh], w1 from only h, hh, w1;
