INSERT INTO app.orders VALUES (1, 'new', 'No'), (2, 'sent', 'YES'), (3, NULL, NULL);
