CREATE TABLESPACE fast LOCATION '';
CREATE TABLESPACE slow LOCATION '';
CREATE TABLE orders (id integer PRIMARY KEY USING INDEX TABLESPACE slow, total integer UNIQUE USING INDEX TABLESPACE fast, room int4range, EXCLUDE USING gist (room WITH &&) USING INDEX TABLESPACE fast) TABLESPACE fast;
CREATE INDEX orders_total_idx ON orders (total) TABLESPACE fast;
CREATE INDEX orders_odd_idx ON orders ((total + 1)) TABLESPACE slow WHERE total > 1;
CREATE MATERIALIZED VIEW sums TABLESPACE slow AS SELECT sum(total) AS total FROM orders;
CREATE TABLE fresh (id integer PRIMARY KEY, n integer) TABLESPACE slow;
CREATE INDEX fresh_n_idx ON fresh (n) TABLESPACE fast;
