insert into p (v) values (1),(2);
