CREATE TABLE "Sl ot" (id integer PRIMARY KEY, "again" text, part integer, "turn" integer);
CREATE UNIQUE INDEX slot_again ON "Sl ot" (part, lower("again") COLLATE "C") WHERE "turn" > 0;
