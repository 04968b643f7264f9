CREATE UNLOGGED TABLE a (id integer PRIMARY KEY, c_id integer, own integer REFERENCES a);
CREATE UNLOGGED TABLE b (id integer PRIMARY KEY, a_id integer REFERENCES a);
CREATE UNLOGGED TABLE c (id integer PRIMARY KEY, b_id integer REFERENCES b);
ALTER TABLE a ADD CONSTRAINT a_c_id_fkey FOREIGN KEY (c_id) REFERENCES c;
COMMENT ON CONSTRAINT a_c_id_fkey ON a IS 'closes the circle';
CREATE UNLOGGED TABLE d (id integer PRIMARY KEY, a_id integer REFERENCES a);
CREATE TABLE x (id integer PRIMARY KEY, y_id integer);
CREATE TABLE y (id integer PRIMARY KEY, x_id integer REFERENCES x ON DELETE CASCADE);
ALTER TABLE x ADD CONSTRAINT x_y_id_fkey FOREIGN KEY (y_id) REFERENCES y DEFERRABLE;
