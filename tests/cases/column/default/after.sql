CREATE TABLE t (a integer DEFAULT 1 + 1, b text DEFAULT lower('Y'), c text);
