INSERT INTO things VALUES ('a'), (NULL);
