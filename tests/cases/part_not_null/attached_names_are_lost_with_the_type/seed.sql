insert into p values (1,1),(2,2); insert into h1 values (1);
