CREATE COLLATION old (locale = 'C');
CREATE TABLE things (name text COLLATE old, big text GENERATED ALWAYS AS (upper(name)) STORED);
