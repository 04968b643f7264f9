CREATE SCHEMA "My Schema";
CREATE TABLE "My Schema"."Look up%s" (
    "Key" text PRIMARY KEY,
    "order" text,
    "100%" text,
    "a""b" text
);
