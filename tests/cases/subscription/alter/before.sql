CREATE SUBSCRIPTION orders CONNECTION 'dbname=shop host=db1' PUBLICATION orders WITH (connect = false, enabled = false, slot_name = NONE, create_slot = false, streaming = off);
COMMENT ON SUBSCRIPTION orders IS 'before';
CREATE ROLE boss SUPERUSER;
