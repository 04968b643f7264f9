CREATE TABLE t (a integer, b text NOT NULL DEFAULT 'x', c numeric(10,2), d timestamptz DEFAULT now(), "Odd ""Name" integer);
