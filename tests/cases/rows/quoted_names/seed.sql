INSERT INTO "My Schema"."Look up%s" VALUES ('a', '1', '2', '3'), ('z', '1', '2', '3');
