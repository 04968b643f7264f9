insert into d values (1, 1, 1, 1); insert into w values (1, 1), (2, 2); insert into v values (1, 1);
