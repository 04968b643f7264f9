CREATE TABLE people (id integer PRIMARY KEY, name text);
SECURITY LABEL FOR tests ON TABLE people IS 'before';
SECURITY LABEL FOR tests ON COLUMN people.name IS 'MASKED';
CREATE TABLE gone (id integer);
SECURITY LABEL FOR tests ON TABLE gone IS 'gone';
