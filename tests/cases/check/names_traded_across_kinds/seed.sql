insert into kinds values (1);
insert into stays values (1, '[1,2)', 1, 2);
