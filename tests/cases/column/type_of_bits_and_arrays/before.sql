CREATE TABLE t (
    a bit(4),
    b bit(4),
    c bpchar,
    d bpchar,
    e character(4)[],
    f interval hour to minute,
    g integer[],
    h character varying(10)[],
    i timestamp(3) without time zone[]
);
CREATE TABLE u (a bit(4));
CREATE TABLE v (a bpchar);
