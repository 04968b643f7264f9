CREATE TABLE "Sl ot" (id integer PRIMARY KEY, "again" text, part integer, "turn" integer);
CREATE UNIQUE INDEX slot_again ON "Sl ot" (part, lower("again") COLLATE "C") WHERE "turn" > 0;
INSERT INTO "Sl ot" VALUES (1, 'y', 1, 1), (2, 'z', 1, 8), (3, 'q', 1, 3), (4, 'X', 2, 4), (5, 'x', 1, 5);
