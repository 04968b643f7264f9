insert into t values (1);
insert into h values (row(1)::t, 2);
insert into u values (1);
insert into gone values (row(1)::u);
