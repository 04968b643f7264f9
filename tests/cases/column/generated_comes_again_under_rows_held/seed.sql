insert into p values (1); insert into h values (1, '(1,2,3)'), (2, '(5,7,8)');
