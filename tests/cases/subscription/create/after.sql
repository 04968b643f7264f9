CREATE TABLE orders (id integer PRIMARY KEY);
CREATE SUBSCRIPTION orders CONNECTION 'application_name=orders dbname=shop host=db1 port=5433 user=replicator' PUBLICATION "Odd one", orders WITH (connect = false, enabled = false, slot_name = NONE, create_slot = false, streaming = on, synchronous_commit = local, binary = true);
COMMENT ON SUBSCRIPTION orders IS 'from the shop';
