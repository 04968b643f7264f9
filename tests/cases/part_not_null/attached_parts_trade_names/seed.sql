insert into p values (1,1,1);
