insert into orders (id, status, late, change) values (1, 'open', 'open', row('done', '2020-01-01'));
