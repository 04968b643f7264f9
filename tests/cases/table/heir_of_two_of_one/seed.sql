insert into heir (n, l, r) values (1, 2, 3);
