insert into m values (1, 5), (2, 15);
