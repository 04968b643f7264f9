CREATE TABLE steps (code text PRIMARY KEY, pos integer NOT NULL UNIQUE, label text);
CREATE TABLE tasks (id integer PRIMARY KEY, step text REFERENCES steps);
INSERT INTO steps VALUES ('a', 1, 'A'), ('new', 2, 'N'), ('b', 3, 'B'), ('c', 4, 'c'), ('d', 5, 'd'), ('e', 6, 'E');
INSERT INTO tasks VALUES (1, 'a'), (2, 'd');
