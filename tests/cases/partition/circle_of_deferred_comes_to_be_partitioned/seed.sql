begin; insert into a values (1,1),(2,2); insert into b values (1,2),(2,1); commit
