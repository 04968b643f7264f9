insert into x.t values (1, 'a'), (2, 'b');
