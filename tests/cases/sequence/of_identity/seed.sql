INSERT INTO a (v) VALUES ('x');
INSERT INTO b (v) VALUES ('x');
