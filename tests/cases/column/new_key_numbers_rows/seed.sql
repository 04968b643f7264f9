insert into visits select 'here', '2024-01-01' from generate_series(1, 5);
