insert into p values (1,1),(1,2),(5,5); insert into o values (1,1),(5,5);
