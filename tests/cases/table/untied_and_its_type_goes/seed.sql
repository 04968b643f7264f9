insert into t values (1,'x'); insert into h values (2,'y',3);
