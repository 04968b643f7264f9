INSERT INTO o VALUES (5,'o'); INSERT INTO n VALUES ('(1,x)','(2,y)');
