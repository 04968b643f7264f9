insert into t values ('b'), ('d');
