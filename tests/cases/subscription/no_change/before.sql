CREATE SUBSCRIPTION orders CONNECTION 'dbname=shop host=db1 password=hidden' PUBLICATION orders WITH (connect = false, enabled = false, slot_name = NONE, create_slot = false);
CREATE SUBSCRIPTION named CONNECTION 'dbname=shop host=db1 password=hidden' PUBLICATION orders WITH (connect = false, enabled = false, slot_name = NONE, create_slot = false);
