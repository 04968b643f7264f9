insert into p1 values (1); insert into p2 values (2); insert into p3 values (3);
