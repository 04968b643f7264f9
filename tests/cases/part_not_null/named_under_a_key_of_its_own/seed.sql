insert into p values (1,1); insert into h1 values (1);
