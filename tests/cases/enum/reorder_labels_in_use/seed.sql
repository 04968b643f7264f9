insert into shirt values (1, 'large', '{small,large}'), (2, 'medium', null);
