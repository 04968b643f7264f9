insert into t values ('{a,b}', '{c}', '{d}');
insert into u values (1, '{1,2}');
