insert into says values (1,1,1); insert into usual values (1,1,1); insert into other values (1,1,1); insert into keyed values (1,1,1); insert into zz values(1,1,1);
