CREATE DOMAIN price AS numeric(5, 2);
CREATE TABLE t (id integer PRIMARY KEY, a varchar(20), b numeric(5, 2), c price, d varchar(20)[]);
