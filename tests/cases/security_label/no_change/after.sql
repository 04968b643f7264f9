CREATE TABLE people (id integer PRIMARY KEY, name text);
SECURITY LABEL FOR tests ON TABLE people IS 'before';
SECURITY LABEL FOR tests ON COLUMN people.name IS 'MASKED';
CREATE VIEW names AS SELECT name FROM people;
SECURITY LABEL FOR tests ON VIEW names IS 'kept';
