INSERT INTO things (whole, at, each) VALUES (5, '[1,2)', '{7}'), (NULL, NULL, NULL);
