INSERT INTO a VALUES ('X', 'a=>1', '{y,Z}');
INSERT INTO b VALUES (1, 'x');
