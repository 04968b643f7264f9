insert into visits values ('2024-05-01', 10, 'a'), ('2025-05-01', 20, 'b');
insert into trucks values (1, 'x', 4, 5);
