CREATE DOMAIN plain AS text;
CREATE DOMAIN amount AS integer;
CREATE DOMAIN checked AS text CHECK (VALUE <> '');
CREATE TABLE t (
    id integer PRIMARY KEY,
    a plain,
    b text,
    c amount,
    d integer,
    e text,
    f plain
);
CREATE INDEX t_a ON t (a);
CREATE INDEX t_d ON t (d);
