CREATE TABLE ev (id integer PRIMARY KEY, v text, w text) PARTITION BY RANGE (id);
CREATE INDEX ev_v ON ev (v);
CREATE INDEX ev_lower ON ev (lower(w));
CREATE TABLE ev_1 PARTITION OF ev FOR VALUES FROM (1) TO (5);
CREATE TABLE ev_2 PARTITION OF ev FOR VALUES FROM (5) TO (9);
ALTER INDEX ev_1_v_idx SET (fillfactor = 30);
