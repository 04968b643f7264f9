insert into m values (1, 5); insert into h values (1);
