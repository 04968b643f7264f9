INSERT INTO users VALUES (1, 'Ann@example.org', 'Ann'), (2, 'bob@example.org', NULL);
