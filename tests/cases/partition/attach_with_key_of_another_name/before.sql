CREATE TABLE w (id integer, at date NOT NULL, n text, PRIMARY KEY (id, at), UNIQUE (n, at)) PARTITION BY RANGE (at);
CREATE INDEX w_n ON w (n);
CREATE TABLE x (id integer, at date NOT NULL, n text, CONSTRAINT x_pk PRIMARY KEY (id, at), CONSTRAINT x_u UNIQUE (n, at));
CREATE INDEX x_n ON x (n);
CREATE INDEX x_more ON x (n, id);
