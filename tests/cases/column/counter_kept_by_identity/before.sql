CREATE TABLE t (id bigserial PRIMARY KEY, down bigint NOT NULL, fresh serial, reserved serial, named integer NOT NULL, small bigserial, a integer);
CREATE SEQUENCE t_down_seq INCREMENT -1 MINVALUE -100 MAXVALUE -1 CYCLE OWNED BY t.down;
ALTER TABLE t ALTER COLUMN down SET DEFAULT nextval('t_down_seq');
CREATE SEQUENCE numbers AS integer;
ALTER TABLE t ALTER COLUMN named SET DEFAULT nextval('numbers');
COMMENT ON SEQUENCE numbers IS 'What t counts by.';
CREATE TABLE "Odd ""one" ("The id" serial PRIMARY KEY);
