CREATE TABLE people (id integer PRIMARY KEY, name varchar);
SECURITY LABEL FOR tests ON TABLE people IS 'after';
SECURITY LABEL FOR tests ON COLUMN people.name IS 'SHOWN';
CREATE VIEW names AS SELECT name FROM people;
SECURITY LABEL FOR tests ON VIEW names IS 'kept';
