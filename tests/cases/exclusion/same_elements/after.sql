CREATE TABLE other (id integer);
CREATE TABLE t (a integer, CONSTRAINT t_more EXCLUDE USING btree (a WITH =));
ALTER TABLE t ADD CONSTRAINT t_again EXCLUDE USING btree (a WITH =);
