CREATE DOMAIN plain AS text;
CREATE DOMAIN amount AS integer;
CREATE DOMAIN checked AS text CHECK (VALUE <> '');
CREATE TABLE t (
    id integer PRIMARY KEY,
    a text,
    b plain,
    c integer,
    d amount,
    e checked,
    f varchar(20)
);
CREATE INDEX t_a ON t (a);
CREATE INDEX t_d ON t (d);
