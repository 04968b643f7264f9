CREATE ROLE boss SUPERUSER;
CREATE SUBSCRIPTION orders CONNECTION 'dbname=''my shop'' host=db2' PUBLICATION a, orders WITH (connect = false, enabled = false, slot_name = other, create_slot = false, streaming = on, synchronous_commit = on, binary = true);
ALTER SUBSCRIPTION orders OWNER TO boss;
