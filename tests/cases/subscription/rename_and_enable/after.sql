CREATE SUBSCRIPTION sales CONNECTION 'host=/nowhere dbname=shop' PUBLICATION orders WITH (connect = false, enabled = false, slot_name = kept, create_slot = false, streaming = off);
ALTER SUBSCRIPTION sales ENABLE;
CREATE SUBSCRIPTION rests CONNECTION 'host=/nowhere dbname=shop' PUBLICATION orders WITH (connect = false, enabled = false, slot_name = rests, create_slot = false, streaming = off);
