INSERT INTO made VALUES ('small');
INSERT INTO shirt VALUES ('large', 1), (NULL, 2);
