CREATE TABLE t (a integer DEFAULT 1, b text, c text DEFAULT 'x');
