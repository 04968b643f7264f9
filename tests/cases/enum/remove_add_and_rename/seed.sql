insert into task values (1, 'new', '{new,done}'), (2, 'done', '{}');
