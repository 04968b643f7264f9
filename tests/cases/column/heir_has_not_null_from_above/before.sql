CREATE TABLE p (a integer NOT NULL DEFAULT 3, b text);
