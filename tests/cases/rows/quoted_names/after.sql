CREATE SCHEMA "My Schema";
CREATE TABLE "My Schema"."Look up%s" (
    "Key" text PRIMARY KEY,
    "order" text,
    "100%" text,
    "a""b" text
);

INSERT INTO "My Schema"."Look up%s" VALUES ('a', '1', '20%', '3'), ('table', 'row', '%s', '%(x)s');
