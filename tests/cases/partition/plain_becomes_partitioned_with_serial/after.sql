CREATE TABLE p (id bigserial NOT NULL, k integer NOT NULL) PARTITION BY RANGE (k);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1) TO (10);
CREATE TABLE other (id bigint DEFAULT nextval('p_id_seq'));
