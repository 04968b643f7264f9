insert into clients values (1, 'a', 'Anna'), (2, 'b', 'Berta');
