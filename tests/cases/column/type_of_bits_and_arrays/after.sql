CREATE TABLE t (
    a bit varying(8),
    b bit varying,
    c text,
    d character varying,
    e text[],
    f interval,
    g bigint[],
    h text[],
    i timestamp without time zone[]
);
CREATE TABLE u (a bit varying(4));
CREATE TABLE v (a text);
