CREATE SCHEMA other;
CREATE TABLE people (id bigserial PRIMARY KEY, number bigserial);
CREATE TABLE other.moved (id bigserial PRIMARY KEY);
