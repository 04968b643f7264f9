CREATE SUBSCRIPTION orders CONNECTION 'dbname=shop host=db1' PUBLICATION orders WITH (connect = false, enabled = false, slot_name = other, create_slot = false, streaming = on);
