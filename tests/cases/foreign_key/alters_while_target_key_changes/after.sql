CREATE TABLE target (id integer NOT NULL, CONSTRAINT target_id UNIQUE (id));
CREATE TABLE refers (id integer, CONSTRAINT fk FOREIGN KEY (id) REFERENCES target (id) DEFERRABLE);
