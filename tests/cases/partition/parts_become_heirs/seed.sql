insert into r values (1); insert into p values (1, 'x', 1), (2, 'y', 1), (3, 'z', 1);
