INSERT INTO users VALUES (1, 'Ann@example.org', 'Ann', '{A,b}'), (2, 'bob@example.org', NULL, NULL);
