CREATE TABLE p (id bigserial PRIMARY KEY, k integer NOT NULL);
CREATE TABLE other (id bigint DEFAULT nextval('p_id_seq'));
SELECT nextval('p_id_seq');
