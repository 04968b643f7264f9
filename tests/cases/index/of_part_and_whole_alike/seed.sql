insert into p values (1, 'a', 'b'); insert into q values (1);
