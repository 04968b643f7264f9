insert into t values (1); insert into u values (1); insert into w values (1);
