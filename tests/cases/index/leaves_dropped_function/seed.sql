insert into clients values (1, 'Anna', 'a'), (2, 'Berta', 'b');
