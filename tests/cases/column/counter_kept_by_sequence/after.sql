CREATE TABLE t (id bigserial PRIMARY KEY, down bigint NOT NULL, fresh serial, reserved serial, named serial, a integer);
CREATE SEQUENCE t_down_seq INCREMENT -1 MINVALUE -100 MAXVALUE -1 CYCLE OWNED BY t.down;
ALTER TABLE t ALTER COLUMN down SET DEFAULT nextval('t_down_seq');
