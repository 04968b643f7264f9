CREATE TABLE target (id integer, CONSTRAINT target_pk PRIMARY KEY (id));
CREATE TABLE refers (id integer, CONSTRAINT fk FOREIGN KEY (id) REFERENCES target);
