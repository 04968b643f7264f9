insert into boxes values ('s'), ('l');
