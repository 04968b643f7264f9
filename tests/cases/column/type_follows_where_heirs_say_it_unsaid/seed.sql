insert into hh values (1, 2, 3);
