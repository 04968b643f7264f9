insert into t values ('b', '{a,B}'), ('A', null);
