CREATE TABLE w (id integer, at date NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE x (id integer, at date NOT NULL, PRIMARY KEY (id, at));
