INSERT INTO kept VALUES (1, 'a');
INSERT INTO tied VALUES (1, 'a');
