insert into t values (1, '2024-02-03');
