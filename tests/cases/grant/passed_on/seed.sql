insert into taken values (1);
