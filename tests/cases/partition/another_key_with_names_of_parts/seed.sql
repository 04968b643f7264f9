insert into p (k, n) values (1, 2), (2, 3);
