insert into t values (1, row('a','A'), row('b','B'), '{"(c,C)",null}', row('d','D'), '{"(e,E)"}');
insert into t values (2);
insert into t values (3, row(null,null), null, '{{"(f,F)"},{"(g,G)"}}', row(null,'H'), '{}');
