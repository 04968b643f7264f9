CREATE SUBSCRIPTION orders CONNECTION 'host=/nowhere dbname=shop' PUBLICATION orders WITH (connect = false, enabled = false, slot_name = kept, create_slot = false, streaming = off);
CREATE SUBSCRIPTION rests CONNECTION 'host=/nowhere dbname=shop' PUBLICATION orders WITH (connect = false, enabled = false, slot_name = rests, create_slot = false, streaming = off);
ALTER SUBSCRIPTION rests ENABLE;
