CREATE TABLE w (id integer, at date NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE x (id integer, at date NOT NULL, PRIMARY KEY (id, at));
CREATE TABLE v (id integer, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE v1 PARTITION OF v FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE v2 (id integer, at date NOT NULL);
