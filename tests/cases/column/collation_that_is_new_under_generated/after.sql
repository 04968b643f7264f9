CREATE COLLATION new (locale = 'C');
CREATE TABLE things (name text COLLATE new, big text GENERATED ALWAYS AS (upper(name)) STORED);
